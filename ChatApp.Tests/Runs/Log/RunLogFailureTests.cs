using ChatApp.Data.Sqlite;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>What becomes of the other runs, and what is told, when something can't be stored.</summary>
public sealed class RunLogFailureTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Commit_OneRunCannotBeStored_OnlyThatOneIsGivenUp()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var poison = process.Begin();
        var others = Enumerable.Range(0, 5).Select(_ => process.Begin()).ToList();
        await Task.WhenAll(others.Append(poison).Select(r => r.Started)).WaitAsync(Deadline);

        process.Log.Poison(poison.Id);
        // In one batch with it as often as it may be: a culprit that was tried again for ever would hold them all.
        var appends = others.Append(poison).Select(async run =>
        {
            var recorder = new RunRecorder(run);
            for (int i = 0; i < 50; i++)
            {
                await recorder.AddAsync(BlockStartedData.Text, $"{i} ");
                await Task.Yield();
            }
            recorder.Finish();
            LogProcess.Finish(run);
            await run.Ended;
        }).ToList();

        await Task.WhenAll(appends.Take(others.Count)).WaitAsync(Deadline);
        await Assert.ThrowsAnyAsync<Exception>(() => appends[^1].WaitAsync(Deadline));
        string expected = string.Concat(Enumerable.Range(0, 50).Select(i => $"{i} "));
        foreach (var run in others)
        {
            var events = new List<RunEvent>();
            await foreach (var e in process.Reader.ReadAsync(run.Id, 0))
                events.Add(e);
            Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
            Assert.Equal(expected, string.Concat(events.Where(e => e.Kind == RunEventKind.BlockDelta).Select(e => e.Data)));
        }
    }

    [Fact]
    public async Task Commit_OneStartCannotBeStored_TheOthersOfItsBatchStart()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        // The writer is held until all are in its queue.
        using var locker = Lock(directory);
        var failed = process.Log.FailedAsync(1);
        var first = process.Begin();
        await failed.WaitAsync(Deadline);
        await Assert.ThrowsAsync<SqliteException>(() => first.Started.WaitAsync(Deadline));
        var runs = Enumerable.Range(0, 5).Select(_ => process.Begin()).ToList();
        process.Log.Poison(runs[2].Id);
        locker.Dispose();

        var outcomes = await Task.WhenAll(runs.Select(async r => await Task.WhenAny(r.Started).WaitAsync(Deadline)));
        Assert.Equal([true, true, false, true, true], outcomes.Select(o => o.IsCompletedSuccessfully));
        Assert.Equal(4, await directory.QueryAsync(db => db.Runs.CountAsync()));
        Assert.Equal(4, await directory.QueryAsync(db => db.Conversations.CountAsync()));
    }

    [Fact]
    public async Task Commit_DatabaseIsLocked_StallsAfterTheStorageTimeoutCountedFromTheFirstAttempt()
    {
        using var directory = new LogDirectory();
        var time = new StepTime();
        await using var process = await LogProcess.StartAsync(directory, time: time);
        var run = process.Begin();
        await run.Started.WaitAsync(Deadline);
        int attempts = 0;
        var stalledAfter = new TaskCompletionSource<int>();
        // Each attempt takes 2 s, as with the real settings, only that nobody waits for them.
        process.Log.OnLocked = () =>
        {
            try
            {
                _ = run.AppendDeltaAsync(0, "y").AsTask();
            }
            catch (RunLostException)
            {
                stalledAfter.TrySetResult(attempts);
            }
            time.Advance(TimeSpan.FromSeconds(2));
            attempts++;
        };
        process.Log.Run("PRAGMA busy_timeout=1");
        using var locker = Lock(directory);

        await run.AppendDeltaAsync(0, "x");

        // Above 15 s with the eighth, whose wait counts as much as the others'.
        Assert.Equal(8, await stalledAfter.Task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Begin_TwoBehindOneAnswer_OneIsRefused()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var first = process.Begin();
        LogProcess.Finish(first);
        await first.Ended.WaitAsync(Deadline);

        LiveRun second = process.Begin(first), third = process.Begin(first);

        await second.Started.WaitAsync(Deadline);
        await Assert.ThrowsAsync<BranchTakenException>(() => third.Started.WaitAsync(Deadline));
        Assert.Equal(4, await directory.QueryAsync(db => db.Messages.CountAsync()));
    }

    [Fact]
    public async Task Open_AfterACrash_SaysWhatItRecovered()
    {
        using var directory = new LogDirectory();
        var process = await LogProcess.StartAsync(directory);
        var run = process.Begin();
        await run.Started.WaitAsync(Deadline);
        await process.CrashAsync(afterCommit: false);

        var log = new Lines();
        using (directory.OpenLog(log))
            Assert.Equal(["The last process ended without notice: 1 events of 1 answers were recovered from the run log."], log.All);
        log.All.Clear();
        using (directory.OpenLog(log))
            Assert.Empty(log.All);
    }

    [Fact]
    public void Open_DatabaseIsLocked_SaysSoToAPersonAndLeavesNothingOpen()
    {
        using var directory = new LogDirectory();
        using (Lock(directory))
        {
            var refused = Assert.Throws<IOException>(() => directory.OpenLog(new Lines()));
            Assert.Contains("is locked: another program is writing to it. End that program and start again.", refused.Message, StringComparison.Ordinal);
        }
        directory.OpenLog(new Lines()).Dispose();
    }

    /// <summary>Takes the write lock until it is disposed of.</summary>
    private static SqliteConnection Lock(LogDirectory directory)
    {
        using var db = directory.Databases.CreateDbContext();
        // Not pooled: a connection that goes back to the pool keeps its lock.
        var locker = new SqliteConnection(db.Database.GetConnectionString() + ";Pooling=False");
        locker.Open();
        using var begin = locker.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return locker;
    }

    private sealed class Lines : ILogger<SqliteRunLogDatabase>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
