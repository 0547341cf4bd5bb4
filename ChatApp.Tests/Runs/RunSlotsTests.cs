using ChatApp.Data;
using ChatApp.Runs;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>Between a run's end and the moment in which everybody has been told of it.</summary>
public sealed class RunSlotsTests
{
    private readonly RunSlots _slots = new(Options.Create(new RunOptions { MaxConcurrentPerUser = 1, MaxQueuedPerUser = 1 }));
    private readonly Guid _owner = Guid.NewGuid();

    [Fact]
    public void Free_OfARunThatIsOver_LetsTheNextOneBeginOnce()
    {
        RunSlot first = _slots.Take(_owner), second = _slots.Take(_owner);
        Assert.Throws<RequestProblem>(() => _slots.Take(_owner));

        _slots.Free(first);

        Assert.True(second.Turn.IsCompleted);
        var third = _slots.Take(_owner);
        _slots.Release(first);
        Assert.False(third.Turn.IsCompleted);
        Assert.Throws<RequestProblem>(() => _slots.Take(_owner));
    }

    [Fact]
    public void Free_OfARunThatWaited_MovesTheOthersUp()
    {
        var slots = new RunSlots(Options.Create(new RunOptions { MaxConcurrentPerUser = 1, MaxQueuedPerUser = 2 }));
        _ = slots.Take(_owner);
        RunSlot second = slots.Take(_owner), third = slots.Take(_owner);

        slots.Free(second);

        Assert.Null(slots.PositionOf(second));
        Assert.Equal(1, slots.PositionOf(third));
    }

    [Fact]
    public void Close_RunThatIsOverButNotTold_IsWaitedFor()
    {
        var slot = _slots.Take(_owner);
        var ended = _slots.CloseAsync();

        _slots.Free(slot);
        Assert.False(ended.IsCompleted);

        _slots.Release(slot);
        Assert.True(ended.IsCompleted);
    }
}
