namespace ChatApp.Tests.Infrastructure;

/// <summary>A clock with timers that moves only when told to. Timers are set by other threads than the test's, too.</summary>
public sealed class StepTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<StepTimer> _timers = [];
    private long _ticks = new DateTime(2027, 3, 10, 12, 0, 0, DateTimeKind.Utc).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StepTimer(this, () => callback(state));
        lock (_gate)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on and runs, on this thread, every timer that has become due.</summary>
    public void Advance(TimeSpan by)
    {
        StepTimer[] timers;
        lock (_gate)
        {
            Volatile.Write(ref _ticks, _ticks + by.Ticks);
            timers = [.. _timers];
        }
        foreach (var timer in timers)
            timer.RunIfDue();
    }

    private sealed class StepTimer(StepTime time, Action callback) : ITimer
    {
        private long? _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : time._ticks + dueTime.Ticks;
            return true;
        }

        public void RunIfDue()
        {
            lock (time._gate)
            {
                if (_due > time._ticks || _due is null)
                    return;
                _due = null;
            }
            callback();
        }

        public void Dispose()
        {
            lock (time._gate)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
