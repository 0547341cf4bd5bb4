using System.Runtime.CompilerServices;
using ChatApp.Data;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Runs;

/// <summary>Reads from memory while the run executes in this process, otherwise from the database.</summary>
internal sealed class RunReader(RunRegistry registry, IDbContextFactory<ChatDbContext> databases, TimeProvider time) : IRunReader
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);
    private const int PageSize = 50;

    public async IAsyncEnumerable<RunEvent> ReadAsync(
        Guid runId, long afterSeq, TimeSpan? idleAfter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (registry.TryGet(runId, out var run))
        {
            using var cursor = new RunCursor(run, afterSeq, idleAfter, time, cancellationToken);
            while (true)
            {
                while (cursor.TryRead(out var e))
                    yield return e;
                if (cursor.IsAtEnd)
                    yield break;
                if (!await cursor.WaitAsync())
                    yield return RunEvent.Idle;
            }
        }

        long seen = afterSeq;
        long lastGiven = time.GetTimestamp();
        while (true)
        {
            var page = await ReadPageAsync(runId, seen, cancellationToken);
            foreach (var e in page)
            {
                yield return e;
                seen = e.Seq;
                lastGiven = time.GetTimestamp();
                if (e.Kind == RunEventKind.RunFinished)
                    yield break;
            }
            if (page.Count >= PageSize)
                continue;
            // Asked after the page was read: a run that ends in between has its terminal event in the next page.
            if (page.Count == 0 && !await IsOpenAsync(runId, seen, cancellationToken))
                yield break;
            if (time.GetElapsedTime(lastGiven) >= idleAfter)
            {
                lastGiven = time.GetTimestamp();
                yield return RunEvent.Idle;
            }
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private async Task<List<RunEvent>> ReadPageAsync(Guid runId, long after, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var chunks = await db.RunEvents.AsNoTracking()
            .Where(e => e.RunId == runId && e.LastSeq > after)
            .OrderBy(e => e.FirstSeq)
            .Take(PageSize)
            .ToListAsync(cancellationToken);
        return [.. chunks.SelectMany(c => RunEventCodec.Read(c.FirstSeq, c.Data)).SkipWhile(e => e.Seq <= after)];
    }

    /// <summary>Whether more may come: the run has not ended, or has more events than were seen.</summary>
    private async Task<bool> IsOpenAsync(Guid runId, long seen, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var run = await db.Runs.AsNoTracking().Where(r => r.Id == runId).Select(r => new { r.FinishedAt }).SingleOrDefaultAsync(cancellationToken)
            ?? throw new KeyNotFoundException($"There is no run {runId}.");
        return run.FinishedAt == null || await db.RunEvents.AnyAsync(e => e.RunId == runId && e.LastSeq > seen, cancellationToken);
    }
}
