using System.Runtime.CompilerServices;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Runs;

/// <summary>Reads from memory while the run executes in this process, otherwise from the database.</summary>
internal sealed class RunReader(RunRegistry registry, IDbContextFactory<ChatDbContext> databases, TimeProvider time) : IRunReader
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    // A slow reader holds what it has not given yet: as a rule one chunk, of a run that a crash ended many small ones.
    private const int PageSize = 50, EnoughBytes = 32 * 1024;

    public async IAsyncEnumerable<RunEvent> ReadAsync(
        Guid runId, long afterSeq, TimeSpan? idleAfter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = afterSeq;
        using (var cursor = Follow(runId, afterSeq, idleAfter, cancellationToken))
        {
            while (cursor is { HasLetGo: false })
            {
                while (cursor.TryRead(out var e))
                    yield return e;
                if (cursor.IsAtEnd)
                    yield break;
                if (!await cursor.WaitAsync())
                    yield return RunEvent.Idle;
            }
            seen = cursor?.Seq ?? seen;
        }

        long lastGiven = time.GetTimestamp();
        while (true)
        {
            var page = await ReadPageAsync(runId, seen, cancellationToken);
            foreach (var e in page.SelectMany(chunk => RunEventCodec.Read(chunk.FirstSeq, chunk.Data)))
            {
                if (e.Seq <= seen)
                    continue;
                yield return e;
                seen = e.Seq;
                lastGiven = time.GetTimestamp();
                if (e.Kind == RunEventKind.RunFinished)
                    yield break;
            }
            if (page.Count > 0)
                continue;
            // Asked after the page was read: a run that ends in between has its terminal event in the next page.
            if (!await IsOpenAsync(runId, seen, cancellationToken))
                yield break;
            if (time.GetElapsedTime(lastGiven) >= idleAfter)
            {
                lastGiven = time.GetTimestamp();
                yield return RunEvent.Idle;
            }
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>A place in the run's log in memory; null when it does not execute here. Only the cursor holds the run: it may let go of it.</summary>
    private RunCursor? Follow(Guid runId, long afterSeq, TimeSpan? idleAfter, CancellationToken cancellationToken) =>
        registry.TryGet(runId, out var run) ? new RunCursor(run, afterSeq, idleAfter, time, cancellationToken) : null;

    /// <summary>Whole chunks, the first of which may begin with what was seen; none when there is nothing more.</summary>
    private async Task<List<RunEventChunk>> ReadPageAsync(Guid runId, long after, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var page = new List<RunEventChunk>();
        var chunks = db.RunEvents.AsNoTracking()
            .Where(e => e.RunId == runId && e.LastSeq > after)
            .OrderBy(e => e.FirstSeq)
            .Take(PageSize)
            .AsAsyncEnumerable();
        int bytes = 0;
        await foreach (var chunk in chunks.WithCancellation(cancellationToken))
        {
            page.Add(chunk);
            if ((bytes += chunk.Data.Length) >= EnoughBytes)
                break;
        }
        return page;
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
