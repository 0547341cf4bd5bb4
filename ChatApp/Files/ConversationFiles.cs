using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Files;

/// <summary>Deletes files with the conversation that they were given in.</summary>
public sealed class ConversationFiles(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
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

    /// <summary>Deletes those of a few of the owner's files that go with no message, not even in the trash, and with no profile.</summary>
    public async Task DeleteUnusedAsync(Guid ownerId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Files.Where(f => ids.Contains(f.Id) && f.OwnerId == ownerId
            && !db.MessageAttachments.Any(a => a.FileId == f.Id) && !db.Preferences.Any(p => p.PictureId == f.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
