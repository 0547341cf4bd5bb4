using ChatApp.Data;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs.Log;

/// <summary>
/// The one writer of the run log: drains what all runs have produced, commits it in one transaction, and only then wakes
/// the readers. While a commit runs, what arrives is merged per run into its next event, so batches grow by themselves
/// under load, and an event that anybody has seen survives the process.
/// </summary>
/// <remarks>A thread of its own, because a commit blocks.</remarks>
internal sealed partial class RunLogWriter(
    IRunLogDatabase database, IOptions<RunOptions> options, RunRegistry registry, TimeProvider time, ILogger<RunLogWriter> logger) : IHostedService, IDisposable
{
    private readonly RunOptions _options = options.Value;
    private readonly object _gate = new();
    private readonly ManualResetEvent _stopping = new(false);
    private List<LiveRun> _queue = [];
    private List<LiveRun> _batch = [];
    private readonly List<LiveRun> _stored = [];
    private readonly List<LiveRun> _refused = [];
    private readonly LiveRun[] _alone = new LiveRun[1];
    private Thread? _thread;
    private readonly long[] _recentCommits = new long[16];
    private uint _commits;
    private long _failingSince;
    private long _lastTrim;
    private long _lostBatch = long.MaxValue;
    private bool _stopped;
    private volatile bool _isEnding;

    /// <summary>Between two attempts while the database takes no commits.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>After so long without anything to store the database is tidied.</summary>
    public TimeSpan TidyPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Takes a run that has something to store. A run is in the queue at most once.</summary>
    public void Enqueue(LiveRun run)
    {
        lock (_gate)
        {
            _queue.Add(run);
            if (_queue.Count == 1)
                Monitor.Pulse(_gate);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Opened before anything else starts: it settles what an earlier process left, and the reaper relies on that.
        var sql = new RunLogStatements(database);
        _thread = new Thread(() => Run(sql)) { Name = "run log writer", IsBackground = true };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>The process is about to end: it shall not wait for ever for a database that takes no commits.</summary>
    public void BeginStop() => _isEnding = true;

    /// <summary>Commits what is queued and ends the thread.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }
        _stopping.Set();
        return Task.Run(() => _thread?.Join(), cancellationToken);
    }

    private void Run(RunLogStatements sql)
    {
        using var _ = sql;
        while (TakeBatch(sql))
        {
            long began = time.GetTimestamp();
            Commit(sql, began);
            // Under load the rest of the interval gathers the next batch; a token that comes alone never waits.
            var rest = _options.CommitInterval - time.GetElapsedTime(began);
            if (rest > TimeSpan.Zero && IsUnderLoad(began))
                _stopping.WaitOne(rest);
        }
    }

    /// <summary>Whether the last commits came closer together than the interval.</summary>
    private bool IsUnderLoad(long began)
    {
        ref long earlier = ref _recentCommits[_commits++ % _recentCommits.Length];
        bool underLoad = time.GetElapsedTime(earlier, began) < _options.CommitInterval * _recentCommits.Length;
        earlier = began;
        return underLoad;
    }

    private bool TakeBatch(RunLogStatements sql)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_queue.Count == 0 && !_stopped)
                    Monitor.Wait(_gate, TidyPause);
                if (_queue.Count > 0)
                {
                    (_queue, _batch) = (_batch, _queue);
                    return true;
                }
                if (_stopped)
                    return false;
            }
            TryTidy(sql);
        }
    }

    private void TryTidy(RunLogStatements sql)
    {
        try
        {
            sql.Tidy();
        }
        // Whatever it is, this thread must live; the next time may go better.
        catch (Exception e)
        {
            LogTidyFailed(e);
        }
    }

    private void Commit(RunLogStatements sql, long began)
    {
        if (!TryCommit(sql, _batch, out var failure))
        {
            if (failure.IsOfRuns)
                CommitEach(sql, began);
            else
                RetryOrLose(_batch, failure.Reason, began);
        }
        _batch.Clear();
    }

    /// <summary>One of them can't be stored, whatever the reason: the others shall not wait for it.</summary>
    private void CommitEach(RunLogStatements sql, long began)
    {
        for (int i = 0; i < _batch.Count; i++)
        {
            _alone[0] = _batch[i];
            if (TryCommit(sql, _alone, out var failure))
                continue;
            if (!failure.IsOfRuns)
            {
                RetryOrLose(_batch.GetRange(i, _batch.Count - i), failure.Reason, began);
                break;
            }
            LogCannotBeStored(_batch[i].Id, failure.Reason);
            if (_batch[i].TryCutShort(failure.Reason))
                continue;
            Lose(_batch[i], failure.Reason);
            registry.Remove(_batch[i]);
        }
        _alone[0] = null!;
    }

    private bool TryCommit(RunLogStatements sql, IReadOnlyList<LiveRun> runs, out (Exception Reason, bool IsOfRuns) failure)
    {
        bool begun = false, stores = false;
        failure = default;
        try
        {
            sql.Begin();
            begun = true;
            TrimNowAndThen(sql);
            stores = true;
            foreach (var run in runs)
            {
                (run.Store(sql) ? _stored : _refused).Add(run);
            }
            sql.Commit();
            _failingSince = 0;
        }
        // Whatever it is, this thread must live: every answer of the process passes through it.
        catch (Exception e)
        {
            failure = (e, stores && !StorageFaults.IsUnavailable(e));
            if (begun)
                TryRollback(sql);
            _stored.Clear();
            _refused.Clear();
            return false;
        }
        foreach (var run in _refused)
        {
            run.Refuse();
            registry.Remove(run);
        }
        _refused.Clear();
        foreach (var run in _stored)
        {
            if (run.HasEnded)
                registry.Free(run);
            run.Publish();
            if (run.HasEnded)
                registry.Remove(run);
        }
        _stored.Clear();
        return true;
    }

    /// <summary>Deletes the batches whose events have all settled.</summary>
    private void TrimNowAndThen(RunLogStatements sql)
    {
        if (sql.Batch - _lastTrim < TrimEveryBatches)
            return;
        _lastTrim = sql.Batch;
        long needed = Math.Min(_lostBatch, sql.Batch);
        foreach (var run in registry.All)
            needed = Math.Min(needed, run.FirstBatch ?? long.MaxValue);
        sql.Trim(needed);
    }

    private void TryRollback(RunLogStatements sql)
    {
        try
        {
            sql.Rollback();
        }
        catch (Exception e)
        {
            // SQLite has rolled back by itself on some errors (full disk, I/O); then there is nothing left to do.
            LogRollbackFailed(e);
        }
    }

    /// <param name="began">When the attempt that failed did: a locked database takes a while to say so.</param>
    private void RetryOrLose(IReadOnlyList<LiveRun> runs, Exception reason, long began)
    {
        if (_failingSince == 0)
        {
            _failingSince = began;
            LogCommitFailed(reason);
        }
        bool isTooLong = time.GetElapsedTime(_failingSince) > _options.StorageTimeout;
        bool giveUp = _stopped || (isTooLong && _isEnding);
        foreach (var run in runs)
        {
            if (giveUp)
                Lose(run, reason);
            if (giveUp || !run.Retry(reason))
                registry.Remove(run);
            else if (isTooLong)
                run.Stall(reason);
        }
        _stopping.WaitOne(RetryPause);
    }

    /// <summary>What the run had committed is settled by the reaper or by the next process; it must stay until then.</summary>
    private void Lose(LiveRun run, Exception reason)
    {
        if (run.Started.IsCompletedSuccessfully)
            _lostBatch = Math.Min(_lostBatch, run.FirstBatch ?? long.MaxValue);
        run.Lose(reason);
    }

    private const int TrimEveryBatches = 256;

    public void Dispose() => _stopping.Dispose();

    [LoggerMessage(Level = LogLevel.Error, Message = "The run log could not be committed; trying again. Check the disk and the database file.")]
    private partial void LogCommitFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} can't be stored and is given up; the others go on.")]
    private partial void LogCannotBeStored(Guid runId, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be tidied; its write-ahead log may grow.")]
    private partial void LogTidyFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Rolling back the run log failed.")]
    private partial void LogRollbackFailed(Exception e);
}
