using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Transfer;

/// <summary>Takes over the saved prompts of an archive. A command that the person already has stays theirs.</summary>
internal sealed class PromptStore(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    // All that one person can keep, and what JSON makes of it.
    private const int LargestFile = 64 * 1024 * 1024;

    /// <returns>How many are new.</returns>
    public async Task<int> StoreAsync(CurrentUser caller, ImportSource source, CancellationToken cancellationToken)
    {
        if (source.Prompts is not { } part || await part.ReadBytesAsync(LargestFile, cancellationToken) is not { } bytes || Read(bytes) is not { } prompts)
            return 0;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var taken = (await db.Prompts.Where(p => p.OwnerId == caller.Id).Select(p => p.Command).ToListAsync(cancellationToken)).ToHashSet();
        var now = time.GetUtcNow();
        int before = taken.Count;
        foreach (var prompt in prompts.Where(p => IsUsable(p) && taken.Count < Prompts.MaxPerPerson && taken.Add(p.Command)))
        {
            db.Prompts.Add(new SavedPrompt
            {
                Id = Guid.CreateVersion7(now), OwnerId = caller.Id, Command = prompt.Command, Name = StorableText.Of(prompt.Name), Text = StorableText.Of(prompt.Text),
                UpdatedAt = prompt.UpdatedAt > DateTime.UnixEpoch && prompt.UpdatedAt <= now.UtcDateTime ? prompt.UpdatedAt : now.UtcDateTime,
            });
        }
        await db.SaveChangesAsync(cancellationToken);
        return taken.Count - before;
    }

    private static List<ArchiveExport.PromptDocument>? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<List<ArchiveExport.PromptDocument>>(bytes, ConversationDocument.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsUsable(ArchiveExport.PromptDocument? prompt) =>
        prompt is { Command: not null, Name.Length: > 0 and <= Prompts.MaxName, Text.Length: <= Prompts.MaxText }
        && Slugs.IsSlug(prompt.Command) && !string.IsNullOrWhiteSpace(prompt.Name) && !string.IsNullOrWhiteSpace(prompt.Text);
}
