namespace ChatApp.Tests.Infrastructure;

/// <summary>A clock that moves only when told to; its timers are the system's.</summary>
public sealed class ManualTime : TimeProvider
{
    private long _ticks = new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
