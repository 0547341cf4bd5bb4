using System.Linq.Expressions;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Files;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>
/// Deletes conversations for good: hidden at once, then their rows in small steps with pauses, because while a step lasts nobody else
/// can write. What an interruption leaves stays hidden, and <see cref="ConversationPurge"/> goes on with it.
/// </summary>
public sealed class ConversationDeletion(IDbContextFactory<ChatDbContext> databases, ConversationFiles files, ConversationFeed feed, TimeProvider time)
{
    /// <summary>The <see cref="Conversation.DeletedAt"/> of what can't be brought back any more: earlier than anybody throws anything away.</summary>
    internal static readonly DateTime? Condemned = DateTime.MinValue;

    /// <summary>Rows, and characters of text, of one step. To take words out of the search index costs as much as to put them in.</summary>
    private const int StepRows = 100, StepChars = 100_000;

    /// <summary>Conversations that are hidden in one step.</summary>
    private const int HideBatch = 500;

    /// <summary>Deletes it for good. False when the owner has no such conversation, or the condition does not hold for it.</summary>
    internal async Task<bool> DeleteAsync(Guid ownerId, Guid id, Expression<Func<Conversation, bool>> condition, CancellationToken cancellationToken)
    {
        if ((await HideAsync(ownerId, c => c.Where(condition).Where(c => c.Id == id), cancellationToken)).Count == 0)
            return false;
        await DeleteHiddenAsync(ownerId, id, cancellationToken);
        return true;
    }

    /// <summary>
    /// Hides those of the owner's conversations, the trash included. A run of one that is still going loses its row, stops and leaves
    /// nothing behind.
    /// </summary>
    /// <returns>Their ids, for <see cref="DeleteHiddenAsync"/>.</returns>
    internal async Task<IReadOnlyList<Guid>> HideAsync(
        Guid ownerId, Func<IQueryable<Conversation>, IQueryable<Conversation>> which, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hidden = new List<Guid>();
        var last = Guid.Empty;
        while (true)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var ids = await which(db.Conversations.IgnoreQueryFilters().Where(c => c.OwnerId == ownerId && c.Id > last))
                .OrderBy(c => c.Id).Take(HideBatch).Select(c => c.Id).ToListAsync(cancellationToken);
            if (ids.Count == 0)
                return hidden;
            await db.Conversations.IgnoreQueryFilters().Where(c => ids.Contains(c.Id)).ExecuteUpdateAsync(set => set.SetProperty(c => c.DeletedAt, Condemned), cancellationToken);
            await db.Runs.Where(r => ids.Contains(r.ConversationId) && (r.Status == RunStatus.Queued || r.Status == RunStatus.Running)).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            foreach (var id in ids)
                feed.Publish(ownerId, id, ConversationChange.Deleted);
            hidden.AddRange(ids);
            if (ids.Count < HideBatch)
                return hidden;
            last = ids[^1];
        }
    }

    /// <summary>Deletes what was hidden, with its messages, runs and the files that nothing else refers to. Another of the same id, imported meanwhile, stays.</summary>
    internal async Task DeleteHiddenAsync(Guid ownerId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hidden = db.Conversations.IgnoreQueryFilters().Where(c => c.Id == id && c.OwnerId == ownerId && c.DeletedAt == Condemned);
        if (!await hidden.AnyAsync(cancellationToken))
            return;
        // First, while its messages still tell which they are.
        await files.DeleteAsync(ownerId, id, cancellationToken);
        await InStepsAsync(() => DeleteMessagesAsync(db, hidden, cancellationToken), cancellationToken);
        await InStepsAsync(() => db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM run_events WHERE rowid IN (
                SELECT e.rowid FROM run_events e JOIN runs r ON r.id = e.run_id JOIN conversations c ON c.id = r.conversation_id
                WHERE c.id = {id} AND c.deleted_at = {Condemned} LIMIT {StepRows})
            """, cancellationToken), cancellationToken);
        await InStepsAsync(
            () => db.Runs.Where(r => hidden.Any(c => c.Id == r.ConversationId)).OrderBy(r => r.Id).Take(StepRows).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        string place = id.ToString();
        await db.Drafts.Where(d => d.OwnerId == ownerId && d.Place == place && hidden.Any()).ExecuteDeleteAsync(cancellationToken);
        if (await hidden.ExecuteDeleteAsync(cancellationToken) > 0)
            // Once more: a run may have begun just when it was hidden.
            feed.Publish(ownerId, id, ConversationChange.Deleted);
    }

    /// <summary>The next few. 0 where none are left.</summary>
    private static async Task<int> DeleteMessagesAsync(ChatDbContext db, IQueryable<Conversation> hidden, CancellationToken cancellationToken)
    {
        var messages = db.Messages.Where(m => hidden.Any(c => c.Id == m.ConversationId));
        var next = await messages.OrderBy(m => m.Id).Take(StepRows)
            .Select(m => new { m.Id, Length = m.Content.Length + (m.Reasoning ?? "").Length + (m.ToolCalls ?? "").Length }).ToListAsync(cancellationToken);
        int chars = 0;
        var ids = next.TakeWhile((m, i) => (chars += m.Length) < StepChars || i == 0).Select(m => m.Id).ToList();
        await messages.Where(m => ids.Contains(m.Id)).ExecuteDeleteAsync(cancellationToken);
        return ids.Count;
    }

    /// <param name="step">Returns how much it deleted; 0 when nothing was left.</param>
    internal async Task InStepsAsync(Func<Task<int>> step, CancellationToken cancellationToken)
    {
        long since = time.GetTimestamp();
        while (await step() > 0)
        {
            // As long a pause: whoever else waits to write has a turn.
            await Task.Delay(time.GetElapsedTime(since), time, cancellationToken);
            since = time.GetTimestamp();
        }
    }
}
