using System.Text.Json;
using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>
/// Puts the words of stored messages into the search index. Triggers note in the writer's own transaction which messages wait for it;
/// taking their words in costs as much as all else that a token costs, so it is not done on the run log's thread.
/// </summary>
public sealed class SearchIndex(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    // While a batch is written nobody else can write: some five milliseconds, unless a single message is longer.
    private const int BatchChars = 32_000;
    private const int BatchMessages = 64;

    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Takes in what a person has said and was told, so that a search finds it. After half a second, as after an import, the rest is left
    /// to the background; so is everything while the database takes no writes.
    /// </summary>
    public async Task CatchUpAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        try
        {
            while (await IndexNextAsync(caller.Id, cancellationToken) && time.GetElapsedTime(began) < _patience)
            {
            }
        }
        catch (Exception e) when (StorageFaults.IsUnavailable(e))
        {
            // What is in the index can be found all the same.
        }
    }

    /// <summary>Takes in the next few messages, of one person or of all. False when none was waiting.</summary>
    public async Task<bool> IndexNextAsync(Guid? ownerId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        string? owner = ownerId is { } id ? OwnerTerm(id) : null;
        var waiting = await db.Database.SqlQuery<Waiting>(
            $"""
            SELECT r.id AS "Id", length(m.content) AS "Length"
            FROM message_search_rows r JOIN messages m ON m.id = r.message_id
            WHERE NOT r.is_indexed AND ({owner} IS NULL OR r.owner = {owner})
            ORDER BY r.id LIMIT {BatchMessages}
            """).ToListAsync(cancellationToken);
        if (waiting.Count == 0)
            return false;
        int chars = 0;
        string batch = JsonSerializer.Serialize(waiting.TakeWhile((w, i) => i == 0 || (chars += w.Length) < BatchChars).Select(w => w.Id));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Asked again: meanwhile a message may have gone, or another search may have been quicker.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO message_search (rowid, owner, content)
            SELECT r.id, r.owner, m.content FROM message_search_rows r JOIN messages m ON m.id = r.message_id
            WHERE NOT r.is_indexed AND r.id IN (SELECT value FROM json_each({batch}))
            """,
            cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE message_search_rows SET is_indexed = 1 WHERE NOT is_indexed AND id IN (SELECT value FROM json_each({batch}))", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>A person's id as the one word that the index knows them by.</summary>
    internal static string OwnerTerm(Guid ownerId) => ownerId.ToString("n").ToUpperInvariant();

    private sealed record Waiting(long Id, int Length);
}
