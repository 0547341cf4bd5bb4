using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Transfer;

/// <summary>How the answers of a conversation came about, for an export: those of this server, and those that were imported themselves.</summary>
internal sealed class RunDescriptions(IDbContextFactory<ChatDbContext> databases)
{
    /// <summary>By the run's id. Tool calls are the message's.</summary>
    public async Task<IReadOnlyDictionary<Guid, RunDocument>> LoadAsync(Guid conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var runs = await (
            from run in db.Runs.AsNoTracking()
            join revision in db.AgentRevisions on run.AgentRevisionId equals revision.Id into revisions
            from revision in revisions.DefaultIfEmpty()
            join usage in db.Usage on run.Id equals usage.RunId into usages
            from usage in usages.DefaultIfEmpty()
            where run.ConversationId == conversationId
            select new { Run = run, Revision = (int?)revision.Number, Usage = usage }).ToListAsync(cancellationToken);
        var calls = (await db.AgentCalls.AsNoTracking().Where(c => c.ConversationId == conversationId && c.RunId != null)
            .OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).ToListAsync(cancellationToken)).ToLookup(c => c.RunId);
        var described = new Dictionary<Guid, RunDocument>();
        foreach (var found in runs)
        {
            var (run, imported) = (found.Run, ImportedRun.Read(found.Run.Imported));
            RunCall[] asked = [.. calls[run.Id].Select(Describe)];
            described[run.Id] = new RunDocument
            {
                Agent = run.Agent, Model = run.Model, AgentRevision = found.Revision ?? imported?.AgentRevision, FinishReason = run.FinishReason,
                ErrorCode = run.ErrorCode, ErrorMessage = run.ErrorMessage, FirstTokenAt = run.FirstTokenAt, FinishedAt = run.FinishedAt,
                Usage = found.Usage is { } u
                    ? new RunUsage(u.InputTokens, u.OutputTokens, u.CachedInputTokens, u.ReasoningTokens, u.Estimated, u.Cost, u.Points)
                    : imported?.Usage,
                Calls = asked.Length > 0 ? asked : imported?.Calls,
            };
        }
        return described;
    }

    private static RunCall Describe(AgentCall call) => new(
        call.Purpose, call.Agent, call.Model, call.Status.ToString().ToLowerInvariant(), call.Error, call.InputTokens, call.OutputTokens, call.Estimated, call.Cost,
        call.CreatedAt, call.FinishedAt);
}
