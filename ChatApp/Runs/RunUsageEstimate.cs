using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Runs;

/// <summary>What a run took that ended without its executor: four characters a token, as where a provider reports nothing.</summary>
internal static class RunUsageEstimate
{
    /// <summary>The entry, not yet stored. A run of which nothing has come may never have been asked, and took nothing. Points are not taken: it has failed.</summary>
    public static async Task<UsageEntry> OfAsync(ChatDbContext db, Run run, RunTranscript transcript, DateTime at, CancellationToken cancellationToken)
    {
        long outputChars = transcript.Text.Length + (transcript.Reasoning?.Length ?? 0L) + transcript.ToolCalls.Sum(c => (long)c.Name.Length + c.Arguments.Length);
        long inputChars = outputChars == 0 ? 0 : await InputCharsAsync(db, run, cancellationToken);
        var entry = new UsageEntry
        {
            RunId = run.Id, OwnerId = run.OwnerId, Agent = run.Agent, Model = run.Model, InputTokens = (inputChars + 3) / 4, OutputTokens = (outputChars + 3) / 4,
            Estimated = true, CreatedAt = at,
        };
        if (outputChars > 0)
        {
            var prices = await db.Models.Where(m => m.Provider!.Slug + "/" + m.Name == run.Model).Select(m => new { m.InputPrice, m.OutputPrice })
                .FirstOrDefaultAsync(cancellationToken);
            if (prices is not (null or { InputPrice: null, OutputPrice: null }))
                entry.Cost = ((entry.InputTokens * (prices.InputPrice ?? 0)) + (entry.OutputTokens * (prices.OutputPrice ?? 0))) / 1_000_000;
        }
        return entry;
    }

    /// <summary>Of the question, what stands before it, and the prompts.</summary>
    private static async Task<long> InputCharsAsync(ChatDbContext db, Run run, CancellationToken cancellationToken)
    {
        long messages = await db.Database.SqlQuery<long>(
            $"""
            WITH RECURSIVE branch (parent_id, chars) AS (
                SELECT parent_id, length(content) FROM messages WHERE id = {run.UserMessageId}
                UNION ALL SELECT m.parent_id, length(m.content) FROM messages m JOIN branch b ON m.id = b.parent_id)
            SELECT COALESCE(SUM(chars), 0) AS Value FROM branch
            """).SingleAsync(cancellationToken);
        int agent = await db.AgentRevisions.Where(r => r.Id == run.AgentRevisionId).Select(r => r.Prompt.Length).FirstOrDefaultAsync(cancellationToken);
        int own = await db.Conversations.IgnoreQueryFilters().Where(c => c.Id == run.ConversationId && c.SystemPrompt != null)
            .Select(c => c.SystemPrompt!.Length).FirstOrDefaultAsync(cancellationToken);
        return messages + agent + own;
    }
}
