using System.Threading.Tasks.Sources;

namespace ChatApp.Runs.Log;

/// <summary>
/// One reader's place in a <see cref="LiveRun"/>. It waits on itself, so that following a run allocates nothing per event.
/// Used by one reader at a time; woken by the writer, by its idle timer and by cancellation, of which the first wins.
/// Where the timer finds that its reader does not come back although the run has ended, it lets go of the log, which the
/// database has too: else one stalled connection would keep the whole answer in memory.
/// </summary>
internal sealed class RunCursor : IValueTaskSource<bool>, IDisposable
{
    private readonly TimeSpan _idleAfter;
    private readonly ITimer? _idle;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly CancellationToken _cancellation;
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private int _isWaiting;
    private readonly long _skip;
    private RunLogPosition _at;

    // Taken away as a whole by the timer, while its reader may be at work.
    private volatile Hold? _hold;

    public RunCursor(LiveRun run, long afterSeq, TimeSpan? idleAfter, TimeProvider time, CancellationToken cancellation)
    {
        _hold = new Hold(run);
        _skip = afterSeq;
        _cancellation = cancellation;
        if (idleAfter is { } after)
        {
            _idleAfter = after;
            _idle = time.CreateTimer(static c => ((RunCursor)c!).OnIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _idle.Change(after, Timeout.InfiniteTimeSpan);
        }
        _cancelled = cancellation.UnsafeRegister(static c => ((RunCursor)c!).Cancel(), this);
    }

    /// <summary>Guarded by the run's gate: whether the run holds this cursor among those to wake.</summary>
    internal bool IsRegistered { get; set; }

    /// <summary>Whether everything has been read: also true for a reader that had the terminal event before it came.</summary>
    public bool IsAtEnd => _hold is { View: { HasEnded: true } view } && _at.Seq >= view.Count;

    /// <summary>Whether the rest, behind <see cref="Seq"/>, is to be read from the database.</summary>
    public bool HasLetGo => _hold == null;

    /// <summary>The last event that it gave or passed over.</summary>
    public long Seq => Math.Max(_skip, _at.Seq);

    /// <summary>The next event, if one is readable now.</summary>
    public bool TryRead(out RunEvent e)
    {
        if (_hold is { } hold)
        {
            if (_at.Seq >= hold.View.Count)
                hold.View = hold.Run.Published;
            while (_at.Seq < hold.View.Count)
            {
                if (_at.Seq >= _skip)
                {
                    e = hold.View.Read(ref _at);
                    return true;
                }
                hold.View.Skip(ref _at);
            }
        }
        e = RunEvent.Idle;
        return false;
    }

    /// <summary>Waits for more. True when there may be something to read, false when nothing came for the idle interval.</summary>
    public ValueTask<bool> WaitAsync()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_hold is not { } hold)
            return ValueTask.FromResult(true);
        // Armed before it is registered: the writer may wake it at once.
        _wake.Reset();
        Volatile.Write(ref _isWaiting, 1);
        if (!hold.Run.TryRegister(this, _at.Seq))
        {
            // A stray wake-up from an earlier registration may have won; either way there is something to read.
            if (Interlocked.Exchange(ref _isWaiting, 0) == 1)
                return ValueTask.FromResult(true);
            return new ValueTask<bool>(this, _wake.Version);
        }
        if (_cancellation.IsCancellationRequested)
            Cancel();
        _idle?.Change(_idleAfter, Timeout.InfiniteTimeSpan);
        return new ValueTask<bool>(this, _wake.Version);
    }

    internal void Signal(bool hasEvents)
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) == 1)
            _wake.SetResult(hasEvents);
    }

    internal void Fail(Exception reason)
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) == 1)
            _wake.SetException(reason);
    }

    private void OnIdle()
    {
        bool isWaiting = Volatile.Read(ref _isWaiting) == 1;
        if (!isWaiting && _hold is { Run.Ended.IsCompletedSuccessfully: true })
        {
            _hold = null;
            return;
        }
        // Also where it is told that nothing came: it may stall with just that.
        _idle!.Change(_idleAfter, Timeout.InfiniteTimeSpan);
        if (isWaiting)
            Signal(hasEvents: false);
    }

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) == 1)
            _wake.SetException(new OperationCanceledException(_cancellation));
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    public void Dispose()
    {
        _cancelled.Dispose();
        _idle?.Dispose();
        _hold?.Run.Unregister(this);
    }

    /// <summary>What a reader keeps in memory.</summary>
    private sealed class Hold(LiveRun run)
    {
        public LiveRun Run => run;

        public RunLogView View;
    }
}
