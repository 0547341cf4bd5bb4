namespace ChatApp.Components.Shared;

/// <summary>
/// Runs an action at most once per interval, however often it is asked for: the first time at once, then at the interval's end,
/// so that the last request is never lost. Not reentrant: call <see cref="Request"/> and run the action on one dispatcher.
/// </summary>
public sealed class Throttle : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Func<Task> _action;
    private readonly ITimer _timer;
    private long _lastRun;
    private bool _hasRun;
    private volatile bool _due;

    /// <param name="action">Brings itself onto the dispatcher; called from a timer's thread too.</param>
    public Throttle(TimeProvider time, Func<Task> action)
    {
        _time = time;
        _action = action;
        _timer = time.CreateTimer(_ => Run(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Request(TimeSpan interval)
    {
        if (_due)
            return;
        _due = true;
        var wait = _hasRun ? interval - _time.GetElapsedTime(_lastRun) : TimeSpan.Zero;
        if (wait <= TimeSpan.Zero)
            Run();
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Run()
    {
        _lastRun = _time.GetTimestamp();
        _hasRun = true;
        // Before the action: what arrives while it runs asks for the next one.
        _due = false;
        _ = _action();
    }

    public void Dispose() => _timer.Dispose();
}
