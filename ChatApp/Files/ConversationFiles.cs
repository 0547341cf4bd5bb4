using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Files;

/// <summary>Deletes files with the conversation that they were given in.</summary>
public sealed class ConversationFiles(IDbContextFactory<ChatDbContext> databases)
{
    // SQLite walks through all of a file to free it, and meanwhile nobody else can write.
    private const int BatchSize = 5;

    /// <summary>
    /// Deletes the owner's files that messages of this conversation refer to and nothing else does: no other conversation, the trash
    /// included, and no profile. To be called before the conversation is deleted for good: what an interruption leaves is then found again.
    /// </summary>
    public async Task DeleteAsync(Guid ownerId, Guid conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Conversations.IgnoreQueryFilters().AnyAsync(c => c.Id == conversationId && c.OwnerId == ownerId, cancellationToken))
            return;
        var goingWith = db.MessageAttachments.Join(db.Messages, a => a.MessageId, m => m.Id, (a, m) => new { a.FileId, m.ConversationId });
        var files = db.Files.Where(f => f.OwnerId == ownerId
            && goingWith.Any(g => g.FileId == f.Id && g.ConversationId == conversationId)
            && !goingWith.Any(g => g.FileId == f.Id && g.ConversationId != conversationId)
            && !db.Preferences.Any(p => p.PictureId == f.Id));
        List<Guid> ids;
        // Asked again by the statement that deletes: one that goes with another message meanwhile stays.
        while ((ids = await files.OrderBy(f => f.Id).Take(BatchSize).Select(f => f.Id).ToListAsync(cancellationToken)).Count > 0)
            await files.Where(f => ids.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
