using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Transfer;

/// <summary>Takes over what of an archive belongs to no conversation: saved prompts, folders, the draft of a new chat. What the person already has stays theirs.</summary>
internal sealed class LibraryStore(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    // All that one person can keep, and what JSON makes of it.
    private const int LargestFile = 64 * 1024 * 1024;

    /// <returns>How many prompts are new.</returns>
    public async Task<int> StoreAsync(CurrentUser caller, ImportSource source, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        int prompts = 0;
        if (await ReadAsync<List<PromptDocument>>(source.Find(ArchiveExport.PromptsName), cancellationToken) is { } saved)
            prompts = await AddPromptsAsync(db, caller, saved, cancellationToken);
        if (await ReadAsync<LibraryDocument>(source.Find(ArchiveExport.LibraryName), cancellationToken) is { } library)
        {
            await AddFoldersAsync(db, caller, library.Folders ?? [], cancellationToken);
            await AddDraftAsync(db, caller.Id, Drafts.NewChat, library.Draft, At(library.Draft?.UpdatedAt ?? default), cancellationToken);
        }
        await db.SaveChangesAsync(cancellationToken);
        return prompts;
    }

    /// <summary>Adds a draft to be stored, where the person has begun none in that place.</summary>
    internal static async Task AddDraftAsync(ChatDbContext db, Guid ownerId, string place, DraftDocument? draft, DateTime updatedAt, CancellationToken cancellationToken)
    {
        if (draft is { Text.Length: > 0 and <= Drafts.MaxLength } && !await db.Drafts.AnyAsync(d => d.OwnerId == ownerId && d.Place == place, cancellationToken))
        {
            string? agent = StorableText.Of(draft.Agent);
            db.Drafts.Add(new Draft
            {
                OwnerId = ownerId, Place = place, Text = StorableText.Of(draft.Text), Agent = agent is not null && Slugs.IsSlug(agent) ? agent : null, UpdatedAt = updatedAt,
            });
        }
    }

    private async Task<int> AddPromptsAsync(ChatDbContext db, CurrentUser caller, List<PromptDocument> prompts, CancellationToken cancellationToken)
    {
        var taken = (await db.Prompts.Where(p => p.OwnerId == caller.Id).Select(p => p.Command).ToListAsync(cancellationToken)).ToHashSet();
        int before = taken.Count;
        foreach (var prompt in prompts.Where(p => IsUsable(p) && taken.Count < Prompts.MaxPerPerson && taken.Add(p.Command)))
        {
            db.Prompts.Add(new SavedPrompt
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()), OwnerId = caller.Id, Command = prompt.Command, Name = StorableText.Of(prompt.Name),
                Text = StorableText.Of(prompt.Text), UpdatedAt = At(prompt.UpdatedAt),
            });
        }
        return taken.Count - before;
    }

    private async Task AddFoldersAsync(ChatDbContext db, CurrentUser caller, IReadOnlyList<FolderDocument> folders, CancellationToken cancellationToken)
    {
        var taken = (await db.Folders.Where(f => f.OwnerId == caller.Id).Select(f => f.Name).ToListAsync(cancellationToken)).ToHashSet();
        foreach (var folder in folders)
        {
            if (FolderDocument.NameOf(folder?.Name) is { } name && taken.Count < Folders.MaxCount && taken.Add(name))
                db.Folders.Add(new Folder { Id = Guid.CreateVersion7(time.GetUtcNow()), OwnerId = caller.Id, Name = name, CreatedAt = At(folder!.CreatedAt) });
        }
    }

    private static async Task<T?> ReadAsync<T>(ImportFile.Part? part, CancellationToken cancellationToken) where T : class
    {
        if (part is null || await part.ReadBytesAsync(LargestFile, cancellationToken) is not { } bytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, ConversationDocument.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsUsable(PromptDocument? prompt) =>
        prompt is { Command: not null, Name.Length: > 0 and <= Prompts.MaxName, Text.Length: <= Prompts.MaxText }
        && Slugs.IsSlug(prompt.Command) && !string.IsNullOrWhiteSpace(prompt.Name) && !string.IsNullOrWhiteSpace(prompt.Text);

    private DateTime At(DateTime given)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return given > DateTime.UnixEpoch && given <= now ? DateTime.SpecifyKind(given, DateTimeKind.Utc) : now;
    }
}
