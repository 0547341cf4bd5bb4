using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Runs;

/// <summary>Ends the runs whose process has gone: marks them interrupted and keeps what they had.</summary>
internal sealed partial class RunReaper(IDbContextFactory<ChatDbContext> databases, RunLease lease, TimeProvider time, ILogger<RunReaper> logger)
{
    public static readonly RunError Interrupted = new("interrupted", "The server stopped while this answer was being written. What had arrived is kept; try again for a whole one.");

    /// <summary>Ends the runs whose lease has run out, and those of an earlier process on a database that only one process serves.</summary>
    public async Task ReapAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var orphans = await db.Runs.AsNoTracking()
            .Where(r => r.LeaseOwner != null && r.LeaseOwner != lease.Owner && (lease.IsOnlyProcess || r.LeaseExpiresAt < now))
            .ToListAsync(cancellationToken);
        foreach (var run in orphans)
            await InterruptAsync(db, run, now, cancellationToken);
    }

    private async Task InterruptAsync(ChatDbContext db, Run run, DateTime now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The guard of every terminal transition: whoever comes second changes nothing.
        int ended = await db.Runs.Where(r => r.Id == run.Id && r.LeaseOwner == run.LeaseOwner && r.FinishedAt == null)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(r => r.Status, RunStatus.Interrupted)
                    .SetProperty(r => r.ErrorCode, Interrupted.Code)
                    .SetProperty(r => r.ErrorMessage, Interrupted.Message)
                    .SetProperty(r => r.LeaseOwner, (string?)null)
                    .SetProperty(r => r.LeaseExpiresAt, (DateTime?)null)
                    .SetProperty(r => r.FinishedAt, now),
                cancellationToken);
        if (ended == 0)
            return;
        var chunks = await db.RunEvents.AsNoTracking().Where(e => e.RunId == run.Id).OrderBy(e => e.FirstSeq).ToListAsync(cancellationToken);
        var transcript = RunTranscript.Of(chunks.SelectMany(c => RunEventCodec.Read(c.FirstSeq, c.Data)));
        string? toolCalls = ToolCalls.Write(transcript.ToolCalls);
        await db.Messages.Where(m => m.Id == run.MessageId).ExecuteUpdateAsync(
            set => set
                .SetProperty(m => m.Status, MessageStatus.Interrupted)
                .SetProperty(m => m.Content, transcript.Text)
                .SetProperty(m => m.Reasoning, transcript.Reasoning)
                .SetProperty(m => m.ToolCalls, toolCalls),
            cancellationToken);
        string name = nameof(RunStatus.Interrupted).ToLowerInvariant();
        var end = new RunEvent(
            (chunks.Count > 0 ? chunks[^1].LastSeq : 0) + 1, RunEventKind.RunFinished, 0,
            JsonSerializer.Serialize(new RunFinishedData(name, name, Interrupted), RunEventJson.Default.RunFinishedData));
        db.RunEvents.Add(new RunEventChunk { RunId = run.Id, FirstSeq = end.Seq, LastSeq = end.Seq, Data = RunEventCodec.Write(end) });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
        LogInterrupted(run.Id, transcript.Text.Length);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} was interrupted by the end of its process; {Chars} characters of its answer are kept.")]
    private partial void LogInterrupted(Guid runId, int chars);
}
