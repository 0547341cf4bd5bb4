using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Runs;

/// <summary>Shows their owners the runs that are going and those that have ended; not those of conversations in the trash.</summary>
internal sealed class RunViews(IDbContextFactory<ChatDbContext> databases, RunRegistry registry)
{
    /// <summary>Where the run's log ends; null when the caller has no such run.</summary>
    public async ValueTask<RunLogEnd?> FindEndAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        bool isLive = registry.TryGet(runId, out _);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var run = await db.OwnRuns(caller).Where(r => r.Id == runId).Select(r => new { r.FinishedAt }).SingleOrDefaultAsync(cancellationToken);
        if (run == null)
            return null;
        if (isLive || run.FinishedAt == null)
            return RunLogEnd.Open;
        return new RunLogEnd(await db.RunEvents.Where(e => e.RunId == runId).MaxAsync(e => (long?)e.LastSeq, cancellationToken));
    }

    /// <summary>The run, or null when the caller has no such run. While it is going, the output is what is durable so far.</summary>
    public async Task<RunView?> FindAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        var found = await LoadAsync(caller, runId, cancellationToken);
        LiveRun? live = null;
        // A run leaves the registry after its end is committed: one that is neither there nor ended has ended since it was read,
        // or belongs to another process.
        if (found is { Run.FinishedAt: null } && !registry.TryGet(runId, out live))
            found = await LoadAsync(caller, runId, cancellationToken);
        if (found == null)
            return null;
        var r = found.Run;
        var (text, reasoning, calls) = live == null ? new RunTranscript(found.Text, found.Reasoning, ToolCalls.Read(found.ToolCalls) ?? []) : RunTranscript.Of(live.Published.Events());
        int? position = registry.PositionOf(runId);
        var status = position != null ? RunStatus.Queued : r.Status;
        return new RunView(
            r.Id, r.ConversationId, r.UserMessageId, r.MessageId, r.Agent, r.Model, status.ToString().ToLowerInvariant(), position, r.FinishReason,
            r.ErrorCode == null ? null : new RunError(r.ErrorCode, r.ErrorMessage ?? ""), text, reasoning,
            found.Usage is { } u ? new UsageData(u.InputTokens, u.OutputTokens, u.CachedInputTokens, u.ReasoningTokens, u.Estimated) : null,
            r.CreatedAt, r.FinishedAt)
        {
            ToolCalls = calls.Count == 0 ? null : calls,
        };
    }

    private async Task<StoredRun?> LoadAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await (
            from run in db.OwnRuns(caller).AsNoTracking()
            join message in db.Messages.AsNoTracking() on run.MessageId equals message.Id
            join usage in db.Usage.AsNoTracking() on run.Id equals usage.RunId into usages
            from usage in usages.DefaultIfEmpty()
            where run.Id == runId
            select new StoredRun(run, message.Content, message.Reasoning, message.ToolCalls, usage)).SingleOrDefaultAsync(cancellationToken);
    }

    private sealed record StoredRun(Run Run, string Text, string? Reasoning, string? ToolCalls, UsageEntry? Usage);

    /// <summary>The conversation's run that has not ended; null when there is none.</summary>
    /// <exception cref="RequestProblem">404: the caller has no such conversation.</exception>
    public async Task<RunView?> FindActiveAsync(CurrentUser caller, Guid conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Conversations.AnyAsync(c => c.Id == conversationId && c.OwnerId == caller.Id, cancellationToken))
            throw RequestProblem.NotFound("id", "There is no such conversation.");
        var active = await db.Runs
            .Where(r => r.ConversationId == conversationId && r.OwnerId == caller.Id && r.FinishedAt == null)
            .OrderByDescending(r => r.CreatedAt).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(cancellationToken);
        return active is { } id ? await FindAsync(caller, id, cancellationToken) : null;
    }
}

internal static class OwnedRuns
{
    /// <summary>The caller's runs, but for those of conversations that were thrown away: they are back when their conversation is.</summary>
    public static IQueryable<Run> OwnRuns(this ChatDbContext db, CurrentUser caller) =>
        from run in db.Runs
        join conversation in db.Conversations on run.ConversationId equals conversation.Id
        where run.OwnerId == caller.Id
        select run;
}
