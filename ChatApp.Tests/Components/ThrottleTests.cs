using ChatApp.Components.Shared;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class ThrottleTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly StepTime _time = new();
    private int _runs;

    [Fact]
    public void Request_First_RunsAtOnce()
    {
        using var throttle = Create();
        throttle.Request(Interval);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void Request_ManyWithinInterval_RunOnceMoreAtItsEnd()
    {
        using var throttle = Create();
        for (int i = 0; i < 50; i++)
            throttle.Request(Interval);
        Assert.Equal(1, _runs);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(1, _runs);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, _runs);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public void Request_AfterQuietTime_RunsAtOnceAgain()
    {
        using var throttle = Create();
        throttle.Request(Interval);
        _time.Advance(Interval);
        throttle.Request(Interval);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public void Request_FromTheActionItself_IsNotLost()
    {
        Throttle? throttle = null;
        throttle = new Throttle(_time, () =>
        {
            if (++_runs == 1)
                throttle!.Request(Interval);
            return Task.CompletedTask;
        });
        using (throttle)
        {
            throttle.Request(Interval);
            _time.Advance(Interval);
            Assert.Equal(2, _runs);
        }
    }

    private Throttle Create() => new(_time, () =>
    {
        _runs++;
        return Task.CompletedTask;
    });
}
