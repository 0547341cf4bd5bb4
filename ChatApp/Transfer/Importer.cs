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
internal sealed partial class Importer(
    ConversationStore store, LibraryStore library, FileStore files, ImportTurns turns, IOptions<TransferLimits> limits, ILogger<Importer> logger)
{
    /// <summary>Imports a file, once fewer than <see cref="ImportTurns.AtOnce"/> others are read.</summary>
    /// <param name="caller">Who has the turn (<see cref="ImportTurns.Take"/>).</param>
    /// <param name="stream">Seekable; stays the caller's.</param>
    /// <exception cref="RequestProblem">400: it is broken, or nothing that can be imported. 413: it is too much.</exception>
    public async Task<ImportReport> ImportAsync(CurrentUser caller, Stream stream, CancellationToken cancellationToken)
    {
        using var turn = await turns.WaitAsync(cancellationToken);
        try
        {
            using var file = ImportFile.Open(stream, limits.Value);
            var source = await ImportSource.OpenAsync(file, cancellationToken);
            var tally = new ImportTally(limits.Value);
            int prompts = 0;
            // Folders first, as they are there, and not as a conversation names them. Each part that fails leaves the other; what is
            // stored stays, and is not stored again the next time.
            var problem = await TryAsync(async () => prompts = await library.StoreAsync(caller, source, cancellationToken));
            var second = await TryAsync(() => ReadAsync(caller, source, tally, cancellationToken));
            problem ??= second;
            if (!tally.HasAny && prompts == 0 && (problem is not null || !source.IsArchive))
                throw problem ?? RequestProblem.Invalid("file", "There is no conversation in this file. Take an archive of this product, or an export of ChatGPT or Claude, as it was downloaded.");
            var report = tally.ToReport(prompts, problem?.Message);
            LogImported(report.Format, report.Imported, report.AlreadyHere, report.Refused);
            return report;
        }
        catch (Exception e) when (e is not RequestProblem && Describe(e) is { } problem)
        {
            throw problem;
        }
    }

    private async Task ReadAsync(CurrentUser caller, ImportSource source, ImportTally tally, CancellationToken cancellationToken)
    {
        var attached = new ImportedFiles(files, caller, source, logger);
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
                    if (tally.IsFull)
                        throw new RequestProblem(413, "too_large", "The file has more conversations, or more that can't be read, than an export has.", "file");
                    tally.Add(await TakeAsync(caller, value, attached, tally, cancellationToken));
                }
            }
            // In an archive each has a file of its own: one that is damaged leaves the others whole.
            catch (Exception e) when (isFirst && source.IsArchive && e is (JsonException or InvalidDataException))
            {
                tally.Add(Unreadable(part.Name.Split('/')[^1]));
            }
            catch (JsonException) when (isFirst && source.HasSeveralParts)
            {
                // Some other file that happens to begin like JSON.
            }
        }
    }

    private async Task<ImportedConversation> TakeAsync(CurrentUser caller, JsonElement value, ImportedFiles attached, ImportTally tally, CancellationToken cancellationToken)
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
            return Unreadable("Conversation");
        tally.Format = foreign.Format;
        return await store.StoreAsync(caller, foreign, attached, cancellationToken);
    }

    private static ImportedConversation Unreadable(string title) =>
        new(null, title, ImportOutcome.Refused, 0, ["It can't be read: it is not as an export of this kind is."]);

    /// <summary>Why it did not get to its end; null where it did.</summary>
    private static async Task<RequestProblem?> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return null;
        }
        catch (Exception e) when (Describe(e) is { } problem)
        {
            return problem;
        }
    }

    private static RequestProblem? Describe(Exception exception) => exception switch
    {
        JsonException => RequestProblem.Invalid("file", "The file breaks off or is damaged. Download it again."),
        InvalidDataException => RequestProblem.Invalid("file", "A part of the file is damaged, or larger than may be."),
        RequestProblem { Status: 413 } problem => problem,
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Imported {Imported} conversations from {Format}; {AlreadyHere} were already here, {Refused} were refused.")]
    private partial void LogImported(string format, int imported, int alreadyHere, int refused);
}
