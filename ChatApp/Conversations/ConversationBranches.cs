using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>Chooses the branch that a conversation shows.</summary>
public sealed class ConversationBranches(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed)
{
    /// <summary>
    /// Shows the branch that holds the message: the one shown now if it does, else the one that ends in the newest leaf below it.
    /// False when the caller has no such conversation, or it no such message.
    /// </summary>
    public async Task<bool> ShowMessageAsync(CurrentUser caller, Guid conversationId, Guid messageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var own = db.Conversations.Where(c => c.Id == conversationId && c.OwnerId == caller.Id);
        var conversation = await own.Select(c => new { c.ActiveLeafId }).SingleOrDefaultAsync(cancellationToken);
        if (conversation == null || !await db.Messages.AnyAsync(m => m.Id == messageId && m.ConversationId == conversationId, cancellationToken))
            return false;
        if (conversation.ActiveLeafId is { } shown && await MessagePath.Of(db, conversationId, shown).AnyAsync(m => m.Id == messageId, cancellationToken))
            return true;
        var leaf = await NewestLeafAsync(db, conversationId, messageId, cancellationToken);
        await own.ExecuteUpdateAsync(set => set.SetProperty(c => c.ActiveLeafId, leaf), cancellationToken);
        feed.Publish(caller.Id, conversationId, ConversationChange.Updated);
        return true;
    }

    private static async Task<Guid?> NewestLeafAsync(ChatDbContext db, Guid conversationId, Guid messageId, CancellationToken cancellationToken) =>
        // Ids are in the order of their creation.
        await db.Database.SqlQuery<Guid?>(
            $"""
            WITH RECURSIVE below AS (
                SELECT m.id FROM messages m WHERE m.id = {messageId} AND m.conversation_id = {conversationId}
                UNION ALL
                SELECT child.id FROM messages child JOIN below ON child.parent_id = below.id AND child.conversation_id = {conversationId})
            SELECT id AS "Value" FROM below
            WHERE NOT EXISTS (SELECT 1 FROM messages child WHERE child.parent_id = below.id AND child.conversation_id = {conversationId})
            ORDER BY id DESC LIMIT 1
            """).FirstOrDefaultAsync(cancellationToken);
}
