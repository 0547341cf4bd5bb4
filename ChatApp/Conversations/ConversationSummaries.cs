using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>Conversations as lists show them.</summary>
internal static class ConversationSummaries
{
    /// <summary>In the order of the query, which has an end: the tags are loaded for all that it gives.</summary>
    public static async Task<IReadOnlyList<ConversationSummary>> LoadAsync(
        ChatDbContext db, IQueryable<Conversation> conversations, CancellationToken cancellationToken)
    {
        var summaries = await (
            from c in conversations.AsNoTracking()
            join a in db.Agents on c.AgentId equals a.Id into agents
            from a in agents.DefaultIfEmpty()
            select new ConversationSummary(
                c.Id, c.Title, a.Slug, c.ActiveLeafId,
                db.Runs.Any(r => r.ConversationId == c.Id && (r.Status == RunStatus.Queued || r.Status == RunStatus.Running)),
                c.CreatedAt, c.UpdatedAt, c.PinnedAt, c.ArchivedAt)
            {
                FolderId = c.FolderId, IsTemporary = c.IsTemporary, Source = c.Source, ExternalId = c.ExternalId,
            }).ToListAsync(cancellationToken);
        if (summaries.Count == 0)
            return summaries;
        var ids = summaries.Select(s => s.Id).ToList();
        var tags = (await db.ConversationTags.AsNoTracking().Where(t => ids.Contains(t.ConversationId)).OrderBy(t => t.Name).ToListAsync(cancellationToken))
            .ToLookup(t => t.ConversationId, t => t.Name);
        return tags.Count == 0 ? summaries : [.. summaries.Select(s => tags.Contains(s.Id) ? s with { Tags = [.. tags[s.Id]] } : s)];
    }
}
