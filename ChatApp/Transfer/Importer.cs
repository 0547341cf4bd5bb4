using System.Collections.Concurrent;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Files;
using ChatApp.Identity;
using Microsoft.Extensions.Options;

namespace ChatApp.Transfer;

/// <summary>
/// Takes in what a person has exported, here, from ChatGPT or from Claude: conversation by conversation, each whole or not at all.
/// Importing a file again adds what is not there yet.
/// </summary>
internal sealed partial class Importer
{
    private readonly ConcurrentDictionary<Guid, byte> _busy = new();
    private readonly ConversationStore _store;
    private readonly PromptStore _prompts;
    private readonly FileStore _files;
    private readonly TransferLimits _limits;
    private readonly ILogger<Importer> _logger;

    public Importer(ConversationStore store, PromptStore prompts, FileStore files, IOptions<TransferLimits> limits, ILogger<Importer> logger) =>
        (_store, _prompts, _files, _limits, _logger) = (store, prompts, files, limits.Value, logger);

    /// <summary>Imports a file.</summary>
    /// <param name="stream">Seekable; stays the caller's.</param>
    /// <exception cref="RequestProblem">400: it is broken, or nothing that can be imported. 409: another import of the person is going on. 413: it is too much.</exception>
    public async Task<ImportReport> ImportAsync(CurrentUser caller, Stream stream, CancellationToken cancellationToken)
    {
        // One at a time: it keeps a large file on the disk and one conversation in memory.
        if (!_busy.TryAdd(caller.Id, 0))
            throw new RequestProblem(409, "import_in_progress", "Another import of yours is going on. Wait until it has ended.");
        try
        {
            using var file = ImportFile.Open(stream, _limits);
            var source = await ImportSource.OpenAsync(file, cancellationToken);
            var tally = new ImportTally();
            string? problem = null;
            try
            {
                await ReadAsync(caller, source, tally, cancellationToken);
            }
            catch (Exception e) when (tally.HasAny && Describe(e) is { } reason)
            {
                // What was stored before stays, and is not stored again the next time.
                problem = reason;
            }
            if (!tally.HasAny)
                throw RequestProblem.Invalid("file", "There is no conversation in this file. Take an archive of this product, or an export of ChatGPT or Claude, as it was downloaded.");
            int prompts = await _prompts.StoreAsync(caller, source, cancellationToken);
            var report = tally.ToReport(prompts, problem);
            LogImported(report.Format, report.Imported, report.AlreadyHere, report.Refused);
            return report;
        }
        catch (Exception e) when (e is not RequestProblem && Describe(e) is { } reason)
        {
            throw RequestProblem.Invalid("file", reason);
        }
        finally
        {
            _busy.TryRemove(caller.Id, out _);
        }
    }

    private async Task ReadAsync(CurrentUser caller, ImportSource source, ImportTally tally, CancellationToken cancellationToken)
    {
        foreach (var part in source.ConversationParts)
        {
            if (await part.BeginningAsync(cancellationToken) is not { } beginning)
                continue;
            bool isFirst = true;
            try
            {
                await foreach (var value in part.ReadAsync(isArray: beginning == '[', cancellationToken))
                {
                    // An export has other lists, too: they are told by their first value.
                    if (!ConversationFormats.Claims(value) && isFirst)
                        break;
                    isFirst = false;
                    tally.Add(await TakeAsync(caller, value, source, tally, cancellationToken));
                }
            }
            catch (JsonException) when (isFirst && source.HasSeveralParts)
            {
                // Some other file that happens to begin like JSON.
            }
        }
    }

    private async Task<ImportedConversation> TakeAsync(CurrentUser caller, JsonElement value, ImportSource source, ImportTally tally, CancellationToken cancellationToken)
    {
        ForeignConversation? foreign;
        try
        {
            foreign = ConversationFormats.Read(value);
        }
        // Half a surrogate pair makes a text that can't be read; the reader of documents wraps what it meets.
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            foreign = null;
        }
        if (foreign is null)
            return new ImportedConversation(null, "Conversation", ImportOutcome.Refused, 0, ["It can't be read: it is not as an export of this kind is."]);
        tally.Format = foreign.Format;
        return await _store.StoreAsync(caller, foreign, file => source.ReadFileAsync(file, _files.Limits.MaxBytes, cancellationToken), cancellationToken);
    }

    private static string? Describe(Exception exception) => exception switch
    {
        JsonException => "The file breaks off or is damaged. Download it again.",
        InvalidDataException => "A part of the file is damaged, or larger than may be.",
        RequestProblem { Status: 413 } problem => problem.Message,
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Imported {Imported} conversations from {Format}; {AlreadyHere} were already here, {Refused} were refused.")]
    private partial void LogImported(string format, int imported, int alreadyHere, int refused);

    /// <summary>Counts what became of the conversations.</summary>
    private sealed class ImportTally
    {
        // A report that nobody can read helps nobody; the numbers are of all.
        private const int MostListed = 1000;

        private readonly List<ImportedConversation> _listed = [];
        private readonly int[] _counts = new int[3];

        public string Format { get; set; } = ForeignConversation.ChatApp;

        public bool HasAny => _counts.Any(c => c > 0);

        public void Add(ImportedConversation conversation)
        {
            _counts[(int)conversation.Outcome]++;
            if (_listed.Count < MostListed || conversation.Outcome == ImportOutcome.Refused)
                _listed.Add(conversation);
        }

        public ImportReport ToReport(int prompts, string? problem) => new(
            Format, _counts[(int)ImportOutcome.Imported], _counts[(int)ImportOutcome.AlreadyHere], _counts[(int)ImportOutcome.Refused], prompts, problem, _listed);
    }
}
