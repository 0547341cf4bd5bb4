using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>How an answer came to be. Whatever is not known is null.</summary>
/// <param name="Agent">Slug.</param>
/// <param name="AgentRevision">1, 2, 3 … of the agent.</param>
/// <param name="Model">Address <c>provider/model</c>.</param>
/// <param name="Estimated">Whether the tokens were estimated because the provider reported none.</param>
/// <param name="Cost">US dollars.</param>
/// <param name="Points">Points that it cost its owner.</param>
/// <param name="FirstTokenSeconds">From the question to the first word.</param>
/// <param name="TokensPerSecond">From the first word to the end; null where that took no time that says anything.</param>
/// <param name="Calls">What the server asked a model besides, e.g. whether the question is allowed.</param>
public sealed record MessageDetails(
    Guid Id, Guid RunId, string Agent, string? AgentName, int? AgentRevision, string Model, long? InputTokens, long? OutputTokens, long? CachedInputTokens, long? ReasoningTokens,
    bool Estimated, decimal? Cost, int? Points, double? FirstTokenSeconds, double? TokensPerSecond, DateTime CreatedAt, DateTime? FinishedAt, IReadOnlyList<HiddenCall> Calls);

/// <summary>A question that the server itself asked a model.</summary>
/// <param name="Purpose">moderation, title, …</param>
/// <param name="Status">pending, processing, completed or failed.</param>
public sealed record HiddenCall(string Purpose, string Agent, string? Model, string Status, long InputTokens, long OutputTokens)
{
    /// <summary>US dollars; null where it is not known.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>What a person thinks of an answer.</summary>
/// <param name="Reason">In their words; null for none.</param>
public sealed record FeedbackView(bool IsGood, string? Reason);

/// <summary>What belongs to a message of the caller's besides its text: how it came to be, and what the caller thinks of it.</summary>
public sealed class MessageNotes(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed, TimeProvider time)
{
    /// <summary>Characters of a reason.</summary>
    public const int MaxReasonLength = 2000;

    /// <summary>Null when the caller has no such answer.</summary>
    public async Task<MessageDetails?> FindDetailsAsync(CurrentUser caller, Guid messageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await (
            from message in Own(db, caller, messageId)
            join run in db.Runs on message.RunId equals run.Id
            join revision in db.AgentRevisions on run.AgentRevisionId equals revision.Id into revisions
            from revision in revisions.DefaultIfEmpty()
            join agent in db.Agents on run.Agent equals agent.Slug into agents
            from agent in agents.DefaultIfEmpty()
            join usage in db.Usage on run.Id equals usage.RunId into usages
            from usage in usages.DefaultIfEmpty()
            select new { Run = run, Revision = (int?)revision.Number, agent.Name, Usage = usage }).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (found == null)
            return null;
        var (r, imported) = (found.Run, ImportedRun.Read(found.Run.Imported));
        var u = found.Usage is { } own
            ? new RunUsage(own.InputTokens, own.OutputTokens, own.CachedInputTokens, own.ReasoningTokens, own.Estimated, own.Cost, own.Points)
            : imported?.Usage;
        var calls = await db.AgentCalls.AsNoTracking().Where(c => c.RunId == r.Id).OrderBy(c => c.CreatedAt).ToListAsync(cancellationToken);
        double? writing = (r.FinishedAt - r.FirstTokenAt)?.TotalSeconds;
        return new MessageDetails(
            messageId, r.Id, r.Agent, found.Name, found.Revision ?? imported?.AgentRevision, r.Model, u?.InputTokens, u?.OutputTokens, u?.CachedInputTokens, u?.ReasoningTokens, u?.Estimated ?? false,
            u?.Cost, u?.Points, (r.FirstTokenAt - r.CreatedAt)?.TotalSeconds, u != null && writing > 0.1 ? (u.OutputTokens - u.ReasoningTokens) / writing : null,
            r.CreatedAt, r.FinishedAt,
            [
                .. calls.Select(c => new HiddenCall(c.Purpose, c.Agent, c.Model, c.Status.ToString().ToLowerInvariant(), c.InputTokens, c.OutputTokens) { Cost = c.Cost }),
                .. (imported?.Calls ?? []).Select(c => new HiddenCall(c.Purpose, c.Agent, c.Model, c.Status, c.InputTokens, c.OutputTokens) { Cost = c.Cost }),
            ]);
    }

    /// <summary>The caller's opinion of an answer; null for none.</summary>
    public async Task<FeedbackView?> FindFeedbackAsync(CurrentUser caller, Guid messageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.MessageFeedback.Where(f => f.MessageId == messageId && f.AccountId == caller.Id)
            .Select(f => new FeedbackView(f.IsGood, f.Reason)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Sets or changes the caller's opinion. False when the caller has no such answer.</summary>
    /// <exception cref="RequestProblem">The reason is too long.</exception>
    public async Task<bool> SetFeedbackAsync(CurrentUser caller, Guid messageId, FeedbackView feedback, CancellationToken cancellationToken)
    {
        string? reason = string.IsNullOrWhiteSpace(feedback.Reason) ? null : StorableText.Of(feedback.Reason.Trim());
        if (reason?.Length > MaxReasonLength)
            throw RequestProblem.Invalid("reason", $"A reason has at most {MaxReasonLength:N0} characters.");
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAnswerAsync(db, caller, messageId, cancellationToken) is not { } conversationId)
            return false;
        var now = time.GetUtcNow().UtcDateTime;
        // One statement: two tabs may say it at once.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO message_feedback (message_id, account_id, is_good, reason, created_at) VALUES ({messageId}, {caller.Id}, {feedback.IsGood}, {reason}, {now})
            ON CONFLICT (message_id, account_id) DO UPDATE SET is_good = excluded.is_good, reason = excluded.reason, created_at = excluded.created_at
            """, cancellationToken);
        feed.Publish(caller.Id, conversationId, ConversationChange.Updated);
        return true;
    }

    /// <summary>Takes the caller's opinion back. False when the caller has no such answer.</summary>
    public async Task<bool> ClearFeedbackAsync(CurrentUser caller, Guid messageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAnswerAsync(db, caller, messageId, cancellationToken) is not { } conversationId)
            return false;
        await db.MessageFeedback.Where(f => f.MessageId == messageId && f.AccountId == caller.Id).ExecuteDeleteAsync(cancellationToken);
        feed.Publish(caller.Id, conversationId, ConversationChange.Updated);
        return true;
    }

    private static Task<Guid?> FindAnswerAsync(ChatDbContext db, CurrentUser caller, Guid messageId, CancellationToken cancellationToken) =>
        Own(db, caller, messageId).Where(m => m.Role == MessageRole.Assistant).Select(m => (Guid?)m.ConversationId).SingleOrDefaultAsync(cancellationToken);

    private static IQueryable<Message> Own(ChatDbContext db, CurrentUser caller, Guid messageId) =>
        from message in db.Messages
        join conversation in db.Conversations on message.ConversationId equals conversation.Id
        where message.Id == messageId && conversation.OwnerId == caller.Id
        select message;
}
