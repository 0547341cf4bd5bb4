using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Profiles;

/// <summary>Deletes a person's conversations for good, with what belongs to them. Runs that are still going stop.</summary>
public sealed class ConversationRemoval(IDbContextFactory<ChatDbContext> databases, ConversationDeletion deletion, TimeProvider time)
{
    // SQLite walks through all of a file to free it, and meanwhile nobody else can write.
    private const int FileBatch = 5;

    private const int RowBatch = 1000;

    /// <summary>
    /// Deletes all of them, the trash included, and the files that went with them, drafts, folders and links to read. Sessions that
    /// several people share stay. All are hidden first: what an interruption leaves is purged later.
    /// </summary>
    /// <returns>How many conversations there were.</returns>
    public async Task<int> DeleteAllAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        int count = await DeleteAsync(caller.Id, all => all.Where(c => c.Source != ConversationSources.Ask), cancellationToken);
        await DeleteFilesAsync(db, db.Files.Where(f => f.OwnerId == caller.Id && !db.MessageAttachments.Any(a => a.FileId == f.Id)
            && !db.Preferences.Any(p => p.PictureId == f.Id)), cancellationToken);
        await db.Drafts.Where(d => d.OwnerId == caller.Id).ExecuteDeleteAsync(cancellationToken);
        await db.Folders.Where(f => f.OwnerId == caller.Id).ExecuteDeleteAsync(cancellationToken);
        return count;
    }

    /// <summary>Deletes everything that hangs on the account but the account itself.</summary>
    internal async Task DeleteEverythingAsync(Guid ownerId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await DeleteAsync(ownerId, all => all, cancellationToken);
        await DeleteFilesAsync(db, db.Files.Where(f => f.OwnerId == ownerId), cancellationToken);
        // What there may be much of: the rest goes with the account, in one statement.
        await DeleteRowsAsync(db.Usage.Where(u => u.OwnerId == ownerId), cancellationToken);
        await DeleteRowsAsync(db.AgentCalls.Where(c => c.OwnerId == ownerId), cancellationToken);
        await DeleteRowsAsync(db.IdempotencyKeys.Where(k => k.OwnerId == ownerId), cancellationToken);
        await DeleteRowsAsync(db.PointsEntries.Where(p => p.OwnerId == ownerId), cancellationToken);
        await DeleteRowsAsync(db.TokenSessions.Where(s => s.AccountId == ownerId), cancellationToken);
        await DeleteRowsAsync(db.MessageFeedback.Where(f => f.AccountId == ownerId), cancellationToken);
    }

    private async Task<int> DeleteAsync(Guid ownerId, Func<IQueryable<Conversation>, IQueryable<Conversation>> which, CancellationToken cancellationToken)
    {
        var hidden = await deletion.HideAsync(ownerId, which, cancellationToken);
        foreach (var id in hidden)
            await deletion.DeleteHiddenAsync(ownerId, id, cancellationToken);
        return hidden.Count;
    }

    private Task DeleteRowsAsync<T>(IQueryable<T> rows, CancellationToken cancellationToken)
        where T : class => deletion.InStepsAsync(() => rows.Take(RowBatch).ExecuteDeleteAsync(cancellationToken), cancellationToken);

    private async Task DeleteFilesAsync(ChatDbContext db, IQueryable<StoredFile> files, CancellationToken cancellationToken)
    {
        long since = time.GetTimestamp();
        List<Guid> ids;
        while ((ids = await files.OrderBy(f => f.Id).Take(FileBatch).Select(f => f.Id).ToListAsync(cancellationToken)).Count > 0)
        {
            await db.Files.Where(f => ids.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
            // As long a pause: whoever else waits to write has a turn.
            await Task.Delay(time.GetElapsedTime(since), time, cancellationToken);
            since = time.GetTimestamp();
        }
    }
}
