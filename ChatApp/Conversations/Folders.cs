using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>A folder with the number of conversations in it; archived ones don't count.</summary>
public sealed record FolderView(Guid Id, string Name, int Conversations, DateTime CreatedAt);

/// <summary>A folder that is no more, for <see cref="Folders.RestoreAsync"/>.</summary>
/// <param name="Conversations">Which were in it, archived and deleted ones too.</param>
public sealed record DeletedFolder(Guid Id, string Name, DateTime CreatedAt, IReadOnlyList<Guid> Conversations);

/// <summary>The folders of a person's conversations, only those the caller owns.</summary>
public sealed class Folders(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed, TimeProvider time)
{
    /// <summary>UTF-16 units.</summary>
    public const int MaxNameLength = 60;

    /// <summary>Per person.</summary>
    public const int MaxCount = 200;

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<FolderView>> ListAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var folders = await Views(db, db.Folders.Where(f => f.OwnerId == caller.Id)).ToListAsync(cancellationToken);
        return [.. folders.OrderBy(f => f.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    /// <exception cref="RequestProblem">The name is none or taken, or there are too many folders.</exception>
    public async Task<FolderView> CreateAsync(CurrentUser caller, string? name, CancellationToken cancellationToken)
    {
        name = Checked(name);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Folders.CountAsync(f => f.OwnerId == caller.Id, cancellationToken) >= MaxCount)
            throw RequestProblem.Invalid("name", $"There are {MaxCount} folders already. Delete one first.");
        var now = time.GetUtcNow();
        var folder = new Folder { Id = Guid.CreateVersion7(now), OwnerId = caller.Id, Name = name, CreatedAt = now.UtcDateTime };
        db.Folders.Add(folder);
        await db.SaveOrThrowAsync(Taken(), cancellationToken);
        feed.Publish(caller.Id, Guid.Empty, ConversationChange.Updated);
        return new FolderView(folder.Id, folder.Name, 0, folder.CreatedAt);
    }

    /// <summary>The renamed folder; null when the caller has no such folder.</summary>
    /// <exception cref="RequestProblem">The name is none or taken.</exception>
    public async Task<FolderView?> RenameAsync(CurrentUser caller, Guid id, string? name, CancellationToken cancellationToken)
    {
        name = Checked(name);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var folder = await db.Folders.SingleOrDefaultAsync(f => f.Id == id && f.OwnerId == caller.Id, cancellationToken);
        if (folder == null)
            return null;
        folder.Name = name;
        await db.SaveOrThrowAsync(Taken(), cancellationToken);
        feed.Publish(caller.Id, Guid.Empty, ConversationChange.Updated);
        return await Views(db, db.Folders.Where(f => f.Id == id)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Its conversations stay, in no folder. Null when the caller has no such folder.</summary>
    public async Task<DeletedFolder?> DeleteAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var own = db.Folders.Where(f => f.Id == id && f.OwnerId == caller.Id);
        if (await own.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } folder)
            return null;
        var conversations = await db.Conversations.IgnoreQueryFilters().Where(c => c.FolderId == id).Select(c => c.Id).ToListAsync(cancellationToken);
        await own.ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(caller.Id, Guid.Empty, ConversationChange.Updated);
        return new DeletedFolder(id, folder.Name, folder.CreatedAt, conversations);
    }

    /// <summary>Brings it back, with those of its conversations that were put into no other folder meanwhile.</summary>
    /// <exception cref="RequestProblem">Another has its name now.</exception>
    public async Task RestoreAsync(CurrentUser caller, DeletedFolder deleted, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Folders.Add(new Folder { Id = deleted.Id, OwnerId = caller.Id, Name = deleted.Name, CreatedAt = deleted.CreatedAt });
        await db.SaveOrThrowAsync(Taken(), cancellationToken);
        await db.Conversations.IgnoreQueryFilters().Where(c => c.OwnerId == caller.Id && c.FolderId == null && deleted.Conversations.Contains(c.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.FolderId, deleted.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(caller.Id, Guid.Empty, ConversationChange.Updated);
    }

    private static IQueryable<FolderView> Views(ChatDbContext db, IQueryable<Folder> folders) =>
        from f in folders.AsNoTracking()
        select new FolderView(f.Id, f.Name, db.Conversations.Count(c => c.FolderId == f.Id && !c.IsTemporary && c.ArchivedAt == null), f.CreatedAt);

    private static RequestProblem Taken() => new(409, "conflict", "There is a folder of that name already.", "name");

    private static string Checked(string? name)
    {
        string trimmed = StorableText.Of((name ?? "").Trim());
        if (trimmed.Length is 0 or > MaxNameLength || trimmed.Any(char.IsControl))
            throw RequestProblem.Invalid("name", $"A folder's name has 1 to {MaxNameLength} characters, in one line.");
        return trimmed;
    }
}
