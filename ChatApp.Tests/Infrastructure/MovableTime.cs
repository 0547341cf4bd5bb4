namespace ChatApp.Tests.Infrastructure;

/// <summary>The system's time, which a test can move ahead: what waits for less than that is woken at once.</summary>
public sealed class MovableTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<MovableTimer> _timers = [];
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Volatile.Read(ref _ahead));

    public override long GetTimestamp() => base.GetTimestamp() + (long)(new TimeSpan(Volatile.Read(ref _ahead)).TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new MovableTimer(this, callback, state, dueTime, period);

    public void Advance(TimeSpan by)
    {
        MovableTimer[] due;
        lock (_lock)
        {
            Interlocked.Add(ref _ahead, by.Ticks);
            due = [.. _timers.Where(t => t.Due <= GetUtcNow())];
        }
        foreach (var timer in due)
            timer.FireNow();
    }

    private sealed class MovableTimer : ITimer
    {
        private readonly MovableTime _time;
        private readonly ITimer _inner;
        private TimeSpan _period;

        public MovableTimer(MovableTime time, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _time = time;
            _inner = System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_time._lock)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : _time.GetUtcNow() + dueTime;
                _time._timers.Add(this);
                return _inner.Change(dueTime, period);
            }
        }

        public void FireNow()
        {
            lock (_time._lock)
            {
                if (!_time._timers.Contains(this))
                    return;
                Due = _period == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : _time.GetUtcNow() + _period;
                _inner.Change(TimeSpan.Zero, _period);
            }
        }

        public void Dispose()
        {
            lock (_time._lock)
                _time._timers.Remove(this);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
