using System.Threading.Tasks.Sources;

namespace ChatApp.Runs.Log;

/// <summary>
/// One reader's place in a <see cref="LiveRun"/>. It waits on itself, so that following a run allocates nothing per event.
/// Used by one reader at a time; woken by the writer, by its idle timer and by cancellation, of which the first wins.
/// </summary>
internal sealed class RunCursor : IValueTaskSource<bool>, IDisposable
{
    private readonly LiveRun _run;
    private readonly TimeSpan _idleAfter;
    private readonly ITimer? _idle;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly CancellationToken _cancellation;
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private int _isWaiting;
    private RunLogView _view;
    private readonly long _skip;
    private RunLogPosition _at;

    public RunCursor(LiveRun run, long afterSeq, TimeSpan? idleAfter, TimeProvider time, CancellationToken cancellation)
    {
        _run = run;
        _skip = afterSeq;
        _cancellation = cancellation;
        if (idleAfter is { } after)
        {
            _idleAfter = after;
            _idle = time.CreateTimer(static c => ((RunCursor)c!).Signal(hasEvents: false), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        _cancelled = cancellation.UnsafeRegister(static c => ((RunCursor)c!).Cancel(), this);
    }

    /// <summary>Guarded by the run's gate: whether the run holds this cursor among those to wake.</summary>
    internal bool IsRegistered { get; set; }

    /// <summary>Whether everything has been read: also true for a reader that had the terminal event before it came.</summary>
    public bool IsAtEnd => _view.HasEnded && _at.Seq >= _view.Count;

    /// <summary>The next event, if one is readable now.</summary>
    public bool TryRead(out RunEvent e)
    {
        if (_at.Seq >= _view.Count)
            _view = _run.Published;
        while (_at.Seq < _view.Count)
        {
            if (_at.Seq >= _skip)
            {
                e = _view.Read(ref _at);
                return true;
            }
            _view.Skip(ref _at);
        }
        e = RunEvent.Idle;
        return false;
    }

    /// <summary>Waits for more. True when there may be something to read, false when nothing came for the idle interval.</summary>
    public ValueTask<bool> WaitAsync()
    {
        _cancellation.ThrowIfCancellationRequested();
        // Armed before it is registered: the writer may wake it at once.
        _wake.Reset();
        Volatile.Write(ref _isWaiting, 1);
        if (!_run.TryRegister(this, _at.Seq))
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
        _run.Unregister(this);
    }
}
