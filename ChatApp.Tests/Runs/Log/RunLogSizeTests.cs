using System.Runtime.CompilerServices;
using System.Text;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>However long an answer is, a reader holds little of it at a time.</summary>
public sealed class RunLogSizeTests
{
    private const int Chars = 1_000_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // Emoji at odd and even places, so that a careless cut would halve one.
    private static readonly string Long = new StringBuilder().Insert(0, "a🙂b🙂🙂", Chars / 8).ToString();

    [Fact]
    public async Task AppendDelta_LongText_IsSeveralEventsOfWholeCharacters()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var run = process.Begin();
        await run.Started;
        // What it repeats of a broken answer, and then a provider's chunk of the same length.
        var recorder = new RunRecorder(run, Long);
        await recorder.AddAsync(BlockStartedData.Text, Long);
        recorder.Finish();
        LogProcess.Finish(run);
        await run.Ended;

        var deltas = (await ReadAsync(process, run)).Where(e => e.Kind == RunEventKind.BlockDelta).Select(e => e.Data).ToList();

        Assert.Equal(Long + Long, string.Concat(deltas));
        Assert.All(deltas, d => Assert.InRange(d.Length, 1, PendingEvents.MaxEventChars));
        Assert.DoesNotContain(deltas, d => char.IsLowSurrogate(d[0]) || char.IsHighSurrogate(d[^1]));
    }

    [Fact]
    public async Task Settle_LongAnswer_IsChunksThatAReaderCanHold()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var run = await RunAsync(process);

        var chunks = await directory.QueryAsync(db => db.RunEvents.Where(e => e.RunId == run.Id).OrderBy(e => e.FirstSeq).ToListAsync());

        Assert.True(chunks.Count > Chars / RunLogStatements.MaxChunkBytes);
        Assert.All(chunks, c => Assert.InRange(c.Data.Length, 1, RunLogStatements.MaxChunkBytes));
        long next = 1;
        foreach (var chunk in chunks)
        {
            Assert.Equal(next, chunk.FirstSeq);
            Assert.Equal(chunk.LastSeq - chunk.FirstSeq + 1, RunEventCodec.Read(chunk.FirstSeq, chunk.Data).Count());
            next = chunk.LastSeq + 1;
        }
    }

    [Fact]
    public async Task Read_OneEventOfALongAnswerThatHasEnded_LoadsLittle()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var run = await RunAsync(process);
        // It counts what the whole process allocates, other tests too, which can only add to it.
        long loaded = long.MaxValue;
        for (int i = 0; i < 30; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await ReadFirstAsync();
            loaded = Math.Min(loaded, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The answer is 1.6 MB as bytes, twice that as objects.
        Assert.InRange(loaded, RunLogStatements.MaxChunkBytes / 2, 10 * RunLogStatements.MaxChunkBytes);

        async Task ReadFirstAsync()
        {
            await foreach (var e in process.Reader.ReadAsync(run.Id, 0))
            {
                Assert.Equal(1, e.Seq);
                return;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_StalledWhenTheRunEnds_LetsGoOfItsLogAndReadsOn(bool atAHeartbeat)
    {
        using var directory = new LogDirectory();
        var time = new StepTime();
        await using var process = await LogProcess.StartAsync(directory, time: time);
        var (whole, log) = await StallAsync(process, atAHeartbeat ? time : null, out var stalled);
        await using var reader = stalled;

        time.Advance(TimeSpan.FromSeconds(20));
        // Freed with it, once its writer's thread has left it behind.
        await RunAsync(process);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(log.TryGetTarget(out _));

        var rest = new List<RunEvent>();
        while (await reader.MoveNextAsync())
            rest.Add(reader.Current);
        Assert.Equal(whole, rest.Count + 1);
        Assert.Equal(Enumerable.Range(2, rest.Count).Select(i => (long)i), rest.Select(e => e.Seq));
        Assert.Equal(RunEventKind.RunFinished, rest[^1].Kind);
    }

    /// <summary>A reader that has taken one event of a run that is going, and does not come back before it has ended.</summary>
    /// <param name="silence">The clock, where it stalls only with the heartbeat behind that event; else null.</param>
    private static Task<(long Count, WeakReference<LiveRun> Log)> StallAsync(LogProcess process, StepTime? silence, out IAsyncEnumerator<RunEvent> reader)
    {
        var run = process.Begin();
        reader = process.Reader.ReadAsync(run.Id, 0, TimeSpan.FromSeconds(15)).GetAsyncEnumerator();
        return EndAsync(run, silence, reader);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(long Count, WeakReference<LiveRun> Log)> EndAsync(LiveRun run, StepTime? silence, IAsyncEnumerator<RunEvent> reader)
    {
        await run.Started;
        Assert.True(await reader.MoveNextAsync());
        if (silence != null)
        {
            var next = reader.MoveNextAsync();
            silence.Advance(TimeSpan.FromSeconds(15));
            Assert.True(await next);
            Assert.Equal(RunEvent.Idle, reader.Current);
        }
        await AnswerAsync(run);
        return (run.Published.Count, new WeakReference<LiveRun>(run));
    }

    private static async Task<LiveRun> RunAsync(LogProcess process)
    {
        var run = process.Begin();
        await run.Started;
        await AnswerAsync(run);
        return run;
    }

    private static async Task AnswerAsync(LiveRun run)
    {
        var recorder = new RunRecorder(run);
        for (int i = 0; i < Long.Length; i += 1000)
            await recorder.AddAsync(BlockStartedData.Text, Long.Substring(i, Math.Min(1000, Long.Length - i)));
        recorder.Finish();
        LogProcess.Finish(run);
        await run.Ended.WaitAsync(Deadline);
    }

    private static async Task<List<RunEvent>> ReadAsync(LogProcess process, LiveRun run)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var events = new List<RunEvent>();
        await foreach (var e in process.Reader.ReadAsync(run.Id, 0, cancellationToken: deadline.Token))
            events.Add(e);
        return events;
    }
}
