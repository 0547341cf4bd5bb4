using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Profiles;

/// <summary>Deletes a person's conversations for good, with what belongs to them. Runs that are still going stop.</summary>
public sealed class ConversationRemoval(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed)
{
    // While a statement lasts nobody else can write.
    private const int BatchSize = 20;

    /// <summary>
    /// Deletes all of them, the trash included, and the files that went with them, drafts, folders and links to read. Sessions that
    /// several people share stay.
    /// </summary>
    /// <returns>How many conversations there were.</returns>
    public async Task<int> DeleteAllAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        int count = await DeleteAsync(db, caller.Id, db.Conversations.Where(c => c.Source != ConversationSources.Ask), cancellationToken);
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
        await DeleteAsync(db, ownerId, db.Conversations, cancellationToken);
        await DeleteFilesAsync(db, db.Files.Where(f => f.OwnerId == ownerId), cancellationToken);
        await db.Usage.Where(u => u.OwnerId == ownerId).ExecuteDeleteAsync(cancellationToken);
        await db.IdempotencyKeys.Where(k => k.OwnerId == ownerId).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<int> DeleteAsync(ChatDbContext db, Guid ownerId, IQueryable<Conversation> conversations, CancellationToken cancellationToken)
    {
        int count = 0;
        while (true)
        {
            var ids = await conversations.IgnoreQueryFilters().Where(c => c.OwnerId == ownerId).OrderBy(c => c.Id).Take(BatchSize).Select(c => c.Id).ToListAsync(cancellationToken);
            if (ids.Count == 0)
                return count;
            await db.Conversations.IgnoreQueryFilters().Where(c => c.OwnerId == ownerId && ids.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
            foreach (var id in ids)
                feed.Publish(ownerId, id, ConversationChange.Deleted);
            count += ids.Count;
        }
    }

    private static async Task DeleteFilesAsync(ChatDbContext db, IQueryable<StoredFile> files, CancellationToken cancellationToken)
    {
        List<Guid> ids;
        while ((ids = await files.OrderBy(f => f.Id).Take(BatchSize).Select(f => f.Id).ToListAsync(cancellationToken)).Count > 0)
            await db.Files.Where(f => ids.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
