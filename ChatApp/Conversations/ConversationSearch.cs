using System.Globalization;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>Something that was found.</summary>
/// <param name="MessageId">The message that holds it; null where it is the title.</param>
/// <param name="Role">Who said it; null where it is the title.</param>
/// <param name="Excerpt">The text around it; of a title the whole.</param>
/// <param name="At">When it was said; of a title, when the conversation last had news.</param>
public sealed record SearchHit(
    Guid ConversationId, string Title, Guid? MessageId, MessageRole? Role, IReadOnlyList<ExcerptPart> Excerpt, DateTime At, bool IsArchived)
{
    /// <summary>The API over which the conversation was started; null for the browser and the native API.</summary>
    public string? Source { get; init; }

    /// <summary>What the clients of <see cref="Source"/> call it; null where they use our id.</summary>
    public string? ExternalId { get; init; }
}

/// <summary>
/// Looks for words in the titles and in all messages of a person's conversations, on every branch; archived ones too, temporary and
/// deleted ones never. The index is SQLite's FTS5.
/// </summary>
public sealed class ConversationSearch(IDbContextFactory<ChatDbContext> databases, SearchIndex index, TimeProvider time)
{
    private const int MaxTitles = 20;
    private const int MaxPerConversation = 3;
    private const int MaxRanked = 1000;
    private const int ExcerptTokens = 18;

    /// <summary>
    /// Titles first, then messages, the best first: those that have the words most, and lately; no question that only says its
    /// conversation's title again. Never fails because of what is asked.
    /// </summary>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(CurrentUser caller, string query, int limit, CancellationToken cancellationToken)
    {
        var words = SearchQuery.WordsOf(StorableText.Of(query));
        if (words.Count == 0)
            return [];
        await index.CatchUpAsync(caller, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var titles = await FindTitlesAsync(db, caller, words, Math.Min(limit, MaxTitles), cancellationToken);
        var messages = await FindMessagesAsync(db, caller, words, limit - titles.Count, cancellationToken);
        return [.. titles, .. messages.Where(m => !SaysOnlyTheTitle(m) || !titles.Exists(t => t.ConversationId == m.ConversationId))];
    }

    // A first question, which the title was made of.
    private static bool SaysOnlyTheTitle(SearchHit hit) => hit.Role == MessageRole.User
        && hit.Title.Contains(string.Concat(hit.Excerpt.Select(p => p.Text)).Trim('…', ' '), StringComparison.OrdinalIgnoreCase);

    private static async Task<List<SearchHit>> FindTitlesAsync(
        ChatDbContext db, CurrentUser caller, IReadOnlyList<string> words, int limit, CancellationToken cancellationToken)
    {
        var hits = new List<SearchHit>();
        // Compared here: databases fold the case and the accents of ASCII at most.
        var titles = db.Conversations.AsNoTracking().Where(c => c.OwnerId == caller.Id && !c.IsTemporary).OrderByDescending(c => c.UpdatedAt)
            .Select(c => new { c.Id, c.Title, c.UpdatedAt, IsArchived = c.ArchivedAt != null, c.Source, c.ExternalId });
        await foreach (var c in titles.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (TitleMatch.In(c.Title, words) is not { } parts)
                continue;
            hits.Add(new SearchHit(c.Id, c.Title, null, null, parts, c.UpdatedAt, c.IsArchived) { Source = c.Source, ExternalId = c.ExternalId });
            if (hits.Count == limit)
                break;
        }
        return hits;
    }

    private async Task<IReadOnlyList<SearchHit>> FindMessagesAsync(
        ChatDbContext db, CurrentUser caller, IReadOnlyList<string> words, int limit, CancellationToken cancellationToken)
    {
        if (limit <= 0)
            return [];
        string match = SearchQuery.ToMatch(caller.Id, words);
        string now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        // A word that is everywhere would have every message ranked: only the newest ones that have it are. CROSS JOIN keeps the index
        // outermost, which gives them newest first without sorting; whose they are it knows itself. A negative rank is the better the lower it is; what was said just
        // now counts up to twice as much as what is old.
        var best = await db.Database.SqlQuery<Found>(
            $"""
            SELECT row_id AS "RowId", message_id AS "MessageId" FROM (
                SELECT row_id, message_id, score, row_number() OVER (PARTITION BY conversation_id ORDER BY score, row_id DESC) AS place
                FROM (
                    SELECT row_id, message_id, conversation_id, bm25 * (1 + 1 / (1 + max(julianday({now}) - julianday(created_at), 0) / 30)) AS score
                    FROM (
                        SELECT s.rowid AS row_id, m.id AS message_id, m.conversation_id, m.created_at, bm25(message_search, 0, 1) AS bm25
                        FROM message_search s
                        CROSS JOIN message_search_rows r ON r.id = s.rowid
                        CROSS JOIN messages m ON m.id = r.message_id
                        CROSS JOIN conversations c ON c.id = m.conversation_id
                        WHERE message_search MATCH {match} AND c.owner_id = {caller.Id} AND c.deleted_at IS NULL AND NOT c.is_temporary
                        ORDER BY s.rowid DESC LIMIT {MaxRanked})))
            WHERE place <= {MaxPerConversation}
            ORDER BY score, row_id DESC LIMIT {limit}
            """).ToListAsync(cancellationToken);
        var ids = best.Select(f => f.MessageId).ToList();
        var messages = await (
            from m in db.Messages.AsNoTracking()
            join c in db.Conversations on m.ConversationId equals c.Id
            where ids.Contains(m.Id)
            select new { m.Id, m.ConversationId, m.Role, m.CreatedAt, c.Title, IsArchived = c.ArchivedAt != null, c.Source, c.ExternalId })
            .ToDictionaryAsync(m => m.Id, cancellationToken);
        var excerpts = await FindExcerptsAsync(db, match, best, cancellationToken);
        var hits = new List<SearchHit>(best.Count);
        foreach (var found in best)
        {
            // Deleted since.
            if (!messages.TryGetValue(found.MessageId, out var m))
                continue;
            var excerpt = Excerpt.Parse(excerpts.GetValueOrDefault(found.RowId, ""));
            hits.Add(new SearchHit(m.ConversationId, m.Title, m.Id, m.Role, excerpt, m.CreatedAt, m.IsArchived) { Source = m.Source, ExternalId = m.ExternalId });
        }
        return hits;
    }

    private static async Task<Dictionary<long, string>> FindExcerptsAsync(
        ChatDbContext db, string match, IReadOnlyList<Found> best, CancellationToken cancellationToken)
    {
        if (best.Count == 0)
            return [];
        string begin = Excerpt.Begin.ToString(), end = Excerpt.End.ToString(), rows = $"[{string.Join(',', best.Select(f => f.RowId))}]";
        long first = best.Min(f => f.RowId), last = best.Max(f => f.RowId);
        // The plus keeps the index from being asked once per row: the beginnings of words are looked up anew each time.
        return await db.Database.SqlQuery<FoundExcerpt>(
            $"""
            SELECT rowid AS "RowId", snippet(message_search, 1, {begin}, {end}, '…', {ExcerptTokens}) AS "Text"
            FROM message_search
            WHERE message_search MATCH {match} AND rowid BETWEEN {first} AND {last} AND +rowid IN (SELECT value FROM json_each({rows}))
            """).ToDictionaryAsync(e => e.RowId, e => e.Text, cancellationToken);
    }

    private sealed record Found(long RowId, Guid MessageId);

    private sealed record FoundExcerpt(long RowId, string Text);
}
