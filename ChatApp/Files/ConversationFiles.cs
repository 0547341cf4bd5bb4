using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Files;

/// <summary>Deletes files with the conversation that they were given in, and those that were never given in one.</summary>
public sealed class ConversationFiles(IDbContextFactory<ChatDbContext> databases, IOptions<FileLimits> limits, TimeProvider time)
{
    // SQLite walks through all of a file to free it, and meanwhile nobody else can write.
    private const int BatchSize = 5;

    /// <summary>
    /// Deletes those of the owner's files that go with messages of this conversation and of no other, not even one in the trash, and
    /// with no profile. To be done before the conversation is deleted.
    /// </summary>
    public async Task DeleteAsync(Guid ownerId, Guid conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var attached = await (
            from conversation in db.Conversations.IgnoreQueryFilters()
            join message in db.Messages on conversation.Id equals message.ConversationId
            join attachment in db.MessageAttachments on message.Id equals attachment.MessageId
            join file in db.Files on attachment.FileId equals file.Id
            where conversation.Id == conversationId && conversation.OwnerId == ownerId && file.OwnerId == ownerId
            select file.Id).Distinct().ToListAsync(cancellationToken);
        foreach (var ids in attached.Chunk(BatchSize))
        {
            long since = time.GetTimestamp();
            await db.Files.Where(f => ids.Contains(f.Id) && f.OwnerId == ownerId && !db.Preferences.Any(p => p.PictureId == f.Id)
                && !db.MessageAttachments.Any(a => a.FileId == f.Id && !db.Messages.Any(m => m.Id == a.MessageId && m.ConversationId == conversationId)))
                .ExecuteDeleteAsync(cancellationToken);
            await Task.Delay(time.GetElapsedTime(since), time, cancellationToken);
        }
    }

    /// <summary>
    /// Deletes everybody's files that have gone with no message for a while, as a chosen file does that was not sent. The browsers, which keep
    /// drafts and queued messages with the names of their files, are not asked.
    /// </summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var unused = (time.GetUtcNow() - limits.Value.UnusedRetention).UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            long since = time.GetTimestamp();
            var ids = await Unused(db).Where(f => f.CreatedAt < unused).OrderBy(f => f.Id).Take(BatchSize).Select(f => f.Id).ToListAsync(cancellationToken);
            if (ids.Count == 0)
                return;
            // Asked again: one may just have been sent.
            await Unused(db).Where(f => ids.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
            if (ids.Count < BatchSize)
                return;
            await Task.Delay(time.GetElapsedTime(since), time, cancellationToken);
        }
    }

    /// <summary>Deletes those of a few of the owner's files that go with no message, not even in the trash, and with no profile.</summary>
    public async Task DeleteUnusedAsync(Guid ownerId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await Unused(db).Where(f => ids.Contains(f.Id) && f.OwnerId == ownerId).ExecuteDeleteAsync(cancellationToken);
    }

    private static IQueryable<StoredFile> Unused(ChatDbContext db) =>
        db.Files.Where(f => !db.MessageAttachments.Any(a => a.FileId == f.Id) && !db.Preferences.Any(p => p.PictureId == f.Id));
}
