using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Runs;

/// <summary>Ends what nobody will end any more, and keeps what it had: the runs and calls of a process that has gone, and those that this one had to give up.</summary>
internal sealed partial class RunReaper(
    IDbContextFactory<ChatDbContext> databases, IRunLogDatabase log, RunRegistry registry, RunLease lease, TimeProvider time, ILogger<RunReaper> logger)
{
    public static readonly RunError Interrupted = new("interrupted", "The server stopped while this answer was being written. What had arrived is kept; try again for a whole one.");

    private readonly DateTime _startedAt = time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Ends the runs of earlier processes, which have gone, since one at a time serves a database, and those of this process that it does
    /// not know any more. One that can't be ended does not keep the others.
    /// </summary>
    public async Task ReapAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var unfinished = await db.Runs.AsNoTracking().Where(r => r.LeaseOwner != null).ToListAsync(cancellationToken);
        // In the registry from before its first commit until after its last one; what ends in between is guarded against.
        foreach (var run in unfinished.Where(r => r.LeaseOwner != lease.Owner || !registry.TryGet(r.Id, out _)))
        {
            try
            {
                await EndAsync(db, run, now, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException && !StorageFaults.IsUnavailable(e))
            {
                LogCannotBeEnded(run.Id, e);
            }
            db.ChangeTracker.Clear();
        }
    }

    /// <summary>Ends the calls to agents that were open when an earlier process ended.</summary>
    public async Task EndCallsAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        await db.AgentCalls.Where(c => c.FinishedAt == null && c.CreatedAt < _startedAt).ExecuteUpdateAsync(
            set => set
                .SetProperty(c => c.Status, AgentCallStatus.Failed)
                .SetProperty(c => c.Error, CallInterrupted)
                .SetProperty(c => c.FinishedAt, now),
            cancellationToken);
    }

    private async Task EndAsync(ChatDbContext db, Run run, DateTime now, CancellationToken cancellationToken)
    {
        bool isOwn = run.LeaseOwner == lease.Owner;
        var (status, messageStatus, error) = isOwn
            ? (RunStatus.Failed, MessageStatus.Failed, RunEnd.NotStored)
            : (RunStatus.Interrupted, MessageStatus.Interrupted, Interrupted);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The guard of every terminal transition: whoever comes second changes nothing.
        int ended = await db.Runs.Where(r => r.Id == run.Id && r.LeaseOwner == run.LeaseOwner && r.FinishedAt == null)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(r => r.Status, status)
                    .SetProperty(r => r.ErrorCode, error.Code)
                    .SetProperty(r => r.ErrorMessage, error.Message)
                    .SetProperty(r => r.LeaseOwner, (string?)null)
                    .SetProperty(r => r.FinishedAt, now),
                cancellationToken);
        if (ended == 0)
            return;
        var chunks = await db.RunEvents.AsNoTracking().Where(e => e.RunId == run.Id).OrderBy(e => e.FirstSeq).ToListAsync(cancellationToken);
        long last = chunks.Count > 0 ? chunks[^1].LastSeq : 0;
        // What an earlier process had appended was settled when the log was opened.
        foreach (var chunk in isOwn ? log.ReadUnsettled(run.Id) : [])
        {
            if (chunk.FirstSeq != last + 1)
                continue;
            last = chunk.LastSeq;
            chunks.Add(chunk);
            db.RunEvents.Add(chunk);
        }
        var transcript = RunTranscript.Of(chunks.SelectMany(c => RunEventCodec.Read(c.FirstSeq, c.Data)), e => LogUnreadable(run.Id, e));
        string? toolCalls = ToolCalls.Write(transcript.ToolCalls);
        await db.Messages.Where(m => m.Id == run.MessageId).ExecuteUpdateAsync(
            set => set
                .SetProperty(m => m.Status, messageStatus)
                .SetProperty(m => m.Content, transcript.Text)
                .SetProperty(m => m.Reasoning, transcript.Reasoning)
                .SetProperty(m => m.ToolCalls, toolCalls),
            cancellationToken);
        string name = status.ToString().ToLowerInvariant();
        var end = new RunEvent(
            last + 1, RunEventKind.RunFinished, 0, JsonSerializer.Serialize(new RunFinishedData(name, name, error), RunEventJson.Default.RunFinishedData));
        db.RunEvents.Add(new RunEventChunk { RunId = run.Id, FirstSeq = end.Seq, LastSeq = end.Seq, Data = RunEventCodec.Write(end) });
        db.Usage.Add(await RunUsageEstimate.OfAsync(db, run, transcript, now, cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogEnded(run.Id, name, transcript.Text.Length);
    }

    private const string CallInterrupted = "The server stopped while this call was made.";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} ended as {Status}, because nobody writes it any more; {Chars} characters of its answer are kept.")]
    private partial void LogEnded(Guid runId, string status, int chars);

    [LoggerMessage(Level = LogLevel.Error, Message = "The events of run {RunId} can be read only in part; the text before that is kept.")]
    private partial void LogUnreadable(Guid runId, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}, which nobody writes any more, could not be ended; it is tried again.")]
    private partial void LogCannotBeEnded(Guid runId, Exception e);
}
