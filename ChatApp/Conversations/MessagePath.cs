using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>The path from a message up to its root. The same query on SQLite and PostgreSQL.</summary>
internal static class MessagePath
{
    /// <summary>The messages of the path, in no order. Empty when the conversation has no message <paramref name="leafId"/>.</summary>
    public static IQueryable<Message> Of(ChatDbContext db, Guid conversationId, Guid leafId) =>
        db.Messages.FromSql(
            $"""
            WITH RECURSIVE path AS (
                SELECT m.* FROM messages m WHERE m.id = {leafId} AND m.conversation_id = {conversationId}
                UNION ALL
                SELECT parent.* FROM messages parent JOIN path ON parent.id = path.parent_id)
            SELECT * FROM path
            """).AsNoTracking();

    /// <summary>The path's last <paramref name="limit"/> messages, in no order.</summary>
    public static IQueryable<Message> Of(ChatDbContext db, Guid conversationId, Guid leafId, int limit) =>
        db.Messages.FromSql(
            $"""
            WITH RECURSIVE path AS (
                SELECT m.*, 1 AS depth FROM messages m WHERE m.id = {leafId} AND m.conversation_id = {conversationId}
                UNION ALL
                SELECT parent.*, path.depth + 1 FROM messages parent JOIN path ON parent.id = path.parent_id WHERE path.depth < {limit})
            SELECT * FROM path
            """).AsNoTracking();

    /// <summary>Puts the path in order by walking it up from its leaf: times may be equal, parents are not.</summary>
    public static List<T> RootFirst<T>(IEnumerable<T> path, Guid leafId, Func<T, Guid> id, Func<T, Guid?> parentId)
    {
        var byId = path.ToDictionary(id);
        var ordered = new List<T>(byId.Count);
        for (Guid? next = leafId; next is { } at && byId.TryGetValue(at, out var message); next = parentId(message))
            ordered.Add(message);
        ordered.Reverse();
        return ordered;
    }
}
