using System.Security.Cryptography;
using ChatApp.Data;
using ChatApp.Files;
using ChatApp.Identity;

namespace ChatApp.Transfer;

/// <summary>The files of one import, kept like those that a person uploads: each is read and kept once, however many messages it goes with.</summary>
internal sealed partial class ImportedFiles(FileStore files, CurrentUser caller, ImportSource source, ILogger logger)
{
    private readonly Dictionary<string, Kept> _known = [];

    /// <summary>Keeps the files of a conversation; notes those that could not be kept.</summary>
    /// <param name="kept">Filled as it goes: also where it breaks off, what it kept can be taken back.</param>
    public async Task StoreAsync(ConversationDocument conversation, Files kept, ImportNotes notes, CancellationToken cancellationToken)
    {
        foreach (var file in conversation.Messages.SelectMany(m => m.Attachments ?? []).Select(a => a.File).OfType<FileDocument>().Distinct())
        {
            string? name = file.Content is null ? source.FindName(file) : null;
            if (name is null || !_known.TryGetValue(name, out var result))
            {
                result = await StoreAsync(file, kept, cancellationToken);
                if (name is not null)
                    _known[name] = result;
            }
            if (result.Id is { } id)
                kept.Ids[file] = id;
            else if (result.Problem is { } problem)
                notes.Add($"“{file.Name}” was left out. {problem}");
            else if (result.IsThere)
                notes.Add($"“{file.Name}” was left out: its bytes are not those that were exported.");
            else
                notes.Add($"“{file.Name}” was left out: the export does not have it.");
        }
    }

    /// <summary>Deletes those that were new, after their conversation could not be stored. Says nothing: what went wrong before is told.</summary>
    public async Task TakeBackAsync(Files kept)
    {
        foreach (var id in kept.Added)
        {
            foreach (string name in _known.Where(k => k.Value.Id == id).Select(k => k.Key).ToList())
                _known.Remove(name);
            try
            {
                await files.DeleteAsync(caller, id, CancellationToken.None);
            }
            catch (Exception e)
            {
                LogLeft(id, e);
            }
        }
    }

    private async Task<Kept> StoreAsync(FileDocument file, Files kept, CancellationToken cancellationToken)
    {
        byte[]? content = file.Content ?? await source.ReadFileAsync(file, files.Limits.MaxBytes, cancellationToken);
        if (content is null)
            return new Kept(null, IsThere: false);
        if (file.Sha256 is { } hash && !string.Equals(hash, Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.OrdinalIgnoreCase))
            return new Kept(null);
        try
        {
            if (await files.FindSameAsync(caller, content, cancellationToken) is { } same)
                return new Kept(same);
            var id = (await files.AddAsync(caller, file.Name, content, cancellationToken)).Id;
            kept.Added.Add(id);
            return new Kept(id);
        }
        catch (RequestProblem problem)
        {
            return new Kept(null, Problem: problem.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The file {File} of an import that failed is still there.")]
    private partial void LogLeft(Guid file, Exception exception);

    /// <param name="Id">Null where it could not be kept.</param>
    /// <param name="IsThere">Whether the import has its bytes.</param>
    /// <param name="Problem">Why it could not be kept, in a sentence; null where it could, or its bytes are missing or others.</param>
    private sealed record Kept(Guid? Id, bool IsThere = true, string? Problem = null);

    /// <summary>The files of one conversation.</summary>
    internal sealed class Files
    {
        /// <summary>By what the document calls them.</summary>
        public Dictionary<FileDocument, Guid> Ids { get; } = [];

        /// <summary>Those that were not there before.</summary>
        public List<Guid> Added { get; } = [];
    }
}
