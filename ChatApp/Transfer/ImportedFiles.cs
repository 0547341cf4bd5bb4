using System.Security.Cryptography;
using ChatApp.Data;
using ChatApp.Files;
using ChatApp.Identity;

namespace ChatApp.Transfer;

/// <summary>The files that go with an imported conversation, kept like those that a person uploads.</summary>
internal sealed class ImportedFiles(FileStore files)
{
    /// <summary>Keeps the files of a conversation, each once; notes those that could not be kept.</summary>
    public async Task<StoredFiles> StoreAsync(
        CurrentUser caller, ConversationDocument conversation, Func<FileDocument, ValueTask<byte[]?>> read, List<string> notes, CancellationToken cancellationToken)
    {
        var (ids, added) = (new Dictionary<FileDocument, Guid>(), new List<Guid>());
        foreach (var file in conversation.Messages.SelectMany(m => m.Attachments ?? []).Select(a => a.File).OfType<FileDocument>().Distinct())
        {
            byte[]? content = file.Content ?? await read(file);
            if (content is null)
            {
                notes.Add($"“{file.Name}” was left out: the export does not have it.");
                continue;
            }
            if (file.Sha256 is { } hash && !string.Equals(hash, Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.OrdinalIgnoreCase))
            {
                notes.Add($"“{file.Name}” was left out: its bytes are not those that were exported.");
                continue;
            }
            try
            {
                if (await files.FindSameAsync(caller, content, cancellationToken) is { } same)
                    ids[file] = same;
                else
                    added.Add(ids[file] = (await files.AddAsync(caller, file.Name, content, cancellationToken)).Id);
            }
            catch (RequestProblem problem)
            {
                notes.Add($"“{file.Name}” was left out. {problem.Message}");
            }
        }
        return new StoredFiles(ids, added);
    }

    /// <summary>Deletes those that were new, after their conversation could not be stored.</summary>
    public async Task TakeBackAsync(CurrentUser caller, StoredFiles stored)
    {
        foreach (var id in stored.Added)
            await files.DeleteAsync(caller, id, CancellationToken.None);
    }

    /// <param name="Ids">By what the document calls them.</param>
    /// <param name="Added">Those that were not there before.</param>
    internal sealed record StoredFiles(IReadOnlyDictionary<FileDocument, Guid> Ids, IReadOnlyList<Guid> Added);
}
