using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>
/// The end of the shown branch, and where it forks. A long conversation is read in windows, from its end upwards: what a page does
/// not show is not read.
/// </summary>
public sealed class MessageTree(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed)
{
    /// <summary>
    /// The last messages of the shown branch, or those before one of it. Null when the caller has no such conversation.
    /// </summary>
    /// <param name="before">The first message that is known already; null for the branch's end.</param>
    /// <param name="limit">How many messages at most.</param>
    public async Task<ThreadWindow?> LoadAsync(CurrentUser caller, Guid conversationId, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (isThere, leafId) = await FindEndAsync(db, caller, conversationId, before, cancellationToken);
        return isThere ? await ReadAsync(db, caller, conversationId, leafId, limit, cancellationToken) : null;
    }

    /// <summary>
    /// The shown branch, or what is before one message of it, up to where <paramref name="message"/> stands: to that message or to the one that stands
    /// there on this branch. Null when none stands there, and when the caller has no such conversation.
    /// </summary>
    public async Task<ThreadWindow?> LoadUpToAsync(CurrentUser caller, Guid conversationId, Guid? before, Guid message, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (isThere, leafId) = await FindEndAsync(db, caller, conversationId, before, cancellationToken);
        if (!isThere || leafId is not { } leaf)
            return null;
        var distance = await db.Database.SqlQuery<int>(
            $"""
            WITH RECURSIVE path AS (
                SELECT m.id, m.parent_id, 1 AS depth FROM messages m WHERE m.id = {leaf} AND m.conversation_id = {conversationId}
                UNION ALL
                SELECT parent.id, parent.parent_id, path.depth + 1 FROM messages parent JOIN path ON parent.id = path.parent_id)
            SELECT path.depth AS "Value" FROM path JOIN messages target ON target.id = {message} AND target.conversation_id = {conversationId}
            WHERE path.parent_id IS NOT DISTINCT FROM target.parent_id
            """).ToListAsync(cancellationToken);
        return distance is [var limit] ? await ReadAsync(db, caller, conversationId, leafId, limit, cancellationToken) : null;
    }

    /// <summary>The last message of the shown branch, or the one before <paramref name="before"/>; null for none.</summary>
    private static async Task<(bool IsThere, Guid? LeafId)> FindEndAsync(
        ChatDbContext db, CurrentUser caller, Guid conversationId, Guid? before, CancellationToken cancellationToken)
    {
        var conversation = await db.Own(caller, conversationId).Select(c => new { c.ActiveLeafId }).SingleOrDefaultAsync(cancellationToken);
        if (conversation == null)
            return (false, null);
        return (true, before == null
            ? conversation.ActiveLeafId
            : await db.Messages.Where(m => m.Id == before && m.ConversationId == conversationId).Select(m => m.ParentId).SingleOrDefaultAsync(cancellationToken));
    }

    private static async Task<ThreadWindow> ReadAsync(
        ChatDbContext db, CurrentUser caller, Guid conversationId, Guid? leafId, int limit, CancellationToken cancellationToken)
    {
        if (leafId is not { } leaf)
            return ThreadWindow.Empty;
        // One more than asked for says whether there are more.
        var views = await MessageViews.ReadAsync(db, caller, MessagePath.Of(db, conversationId, leaf, limit + 1), cancellationToken);
        var path = MessagePath.RootFirst(views, leaf, v => v.Id, v => v.ParentId);
        bool hasEarlier = path.Count > limit;
        if (hasEarlier)
            path.RemoveAt(0);
        return new ThreadWindow(await WithPlacesAsync(db, conversationId, path, cancellationToken), hasEarlier);
    }

    /// <summary>Each message with its place among those that answer or follow the same one; one query for all.</summary>
    private static async Task<IReadOnlyList<MessageView>> WithPlacesAsync(ChatDbContext db, Guid conversationId, List<MessageView> path, CancellationToken cancellationToken)
    {
        var parents = path.Where(m => m.ParentId != null).Select(m => m.ParentId).ToList();
        bool hasRoot = path is [{ ParentId: null }, ..];
        var all = (await db.Messages
            .Where(m => m.ConversationId == conversationId && (parents.Contains(m.ParentId) || (hasRoot && m.ParentId == null)))
            .Select(m => new { m.Id, m.ParentId, m.CreatedAt }).ToListAsync(cancellationToken))
            .OrderBy(m => m.CreatedAt).ThenBy(m => m.Id).ToLookup(m => m.ParentId, m => m.Id);
        return path.ConvertAll(m => m with { Place = new SiblingPlace(all[m.ParentId].ToList().IndexOf(m.Id) + 1, all[m.ParentId].Count()) });
    }

    /// <summary>
    /// Shows the branch that the message is on: the one shown now if it is, else down to its newest end. False when the caller has no such message.
    /// </summary>
    public async Task<bool> ShowAsync(CurrentUser caller, Guid conversationId, Guid messageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Own(caller, conversationId).Select(c => new { c.ActiveLeafId }).SingleOrDefaultAsync(cancellationToken);
        if (conversation == null)
            return false;
        if (conversation.ActiveLeafId is { } shown && await MessagePath.Of(db, conversationId, shown).AnyAsync(m => m.Id == messageId, cancellationToken))
            return true;
        var leaves = await db.Database.SqlQuery<Guid>(
            $"""
            WITH RECURSIVE below AS (
                SELECT m.id, m.created_at FROM messages m WHERE m.id = {messageId} AND m.conversation_id = {conversationId}
                UNION ALL
                SELECT child.id, child.created_at FROM messages child JOIN below ON child.parent_id = below.id WHERE child.conversation_id = {conversationId})
            SELECT id AS "Value" FROM below
            WHERE NOT EXISTS (SELECT 1 FROM messages child WHERE child.parent_id = below.id AND child.conversation_id = {conversationId})
            ORDER BY created_at DESC, id DESC LIMIT 1
            """).ToListAsync(cancellationToken);
        if (leaves is not [var leaf])
            return false;
        await db.Own(caller, conversationId).ExecuteUpdateAsync(set => set.SetProperty(c => c.ActiveLeafId, leaf), cancellationToken);
        feed.Publish(caller.Id, conversationId, ConversationChange.Updated);
        return true;
    }

    /// <summary>
    /// Shows the branch of the sibling that is <paramref name="step"/> places further, if there is one. False when the caller has no such message.
    /// </summary>
    public async Task<bool> ShowSiblingAsync(CurrentUser caller, Guid conversationId, Guid messageId, int step, CancellationToken cancellationToken)
    {
        Guid? sibling;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            var siblings = (await (
                from message in db.Messages
                join other in db.Messages on message.ConversationId equals other.ConversationId
                where message.Id == messageId && message.ConversationId == conversationId
                    && (other.ParentId == message.ParentId || (other.ParentId == null && message.ParentId == null))
                select new { other.Id, other.CreatedAt }).ToListAsync(cancellationToken)).OrderBy(m => m.CreatedAt).ThenBy(m => m.Id).Select(m => m.Id).ToList();
            int index = siblings.IndexOf(messageId) + step;
            sibling = index >= 0 && index < siblings.Count ? siblings[index] : null;
        }
        return sibling is { } id && await ShowAsync(caller, conversationId, id, cancellationToken);
    }
}

/// <summary>A part of the shown branch.</summary>
/// <param name="Messages">Oldest first.</param>
/// <param name="HasEarlier">Whether the branch goes on above.</param>
public sealed record ThreadWindow(IReadOnlyList<MessageView> Messages, bool HasEarlier)
{
    public static readonly ThreadWindow Empty = new([], false);
}
