using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Files;

/// <summary>Deletes files with the conversation that they were given in.</summary>
public sealed class ConversationFiles(IDbContextFactory<ChatDbContext> databases)
{
    // SQLite walks through all of a file to free it, and meanwhile nobody else can write.
    private const int BatchSize = 5;

    /// <summary>The owner's files that go with messages of the owner's conversation; to be asked before that is deleted.</summary>
    public async Task<IReadOnlyList<Guid>> ListAsync(Guid ownerId, Guid conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await (
            from conversation in db.Conversations.IgnoreQueryFilters()
            join message in db.Messages on conversation.Id equals message.ConversationId
            join attachment in db.MessageAttachments on message.Id equals attachment.MessageId
            join file in db.Files on attachment.FileId equals file.Id
            where conversation.Id == conversationId && conversation.OwnerId == ownerId && file.OwnerId == ownerId
            select file.Id).Distinct().ToListAsync(cancellationToken);
    }

    /// <summary>Deletes those of the owner's files that go with no message any more, not even in the trash, and with no profile.</summary>
    public async Task DeleteUnusedAsync(Guid ownerId, IReadOnlyList<Guid> files, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var ids in files.Chunk(BatchSize))
        {
            await db.Files.Where(f => ids.Contains(f.Id) && f.OwnerId == ownerId
                && !db.MessageAttachments.Any(a => a.FileId == f.Id) && !db.Preferences.Any(p => p.PictureId == f.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
