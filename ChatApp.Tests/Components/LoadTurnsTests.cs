using ChatApp.Components.Shared;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class LoadTurnsTests
{
    private readonly LoadTurns _turns = new();
    private readonly List<int> _ended = [];

    [Fact]
    public async Task Run_WhileAnotherLoads_BeginsWhenThatHasEnded()
    {
        var reads = new TaskCompletionSource();
        var first = _turns.RunAsync(() => LoadAsync(1, reads.Task), default);
        var second = _turns.RunAsync(() => LoadAsync(2, Task.CompletedTask), default);
        Assert.Empty(_ended);
        reads.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal([1, 2], _ended);
    }

    [Fact]
    public async Task Run_AfterOneThatFailed_Loads()
    {
        var failed = _turns.RunAsync(() => LoadAsync(1, Task.FromException(new InvalidOperationException())), default);
        await _turns.RunAsync(() => LoadAsync(2, Task.CompletedTask), default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failed);
        Assert.Equal([2], _ended);
    }

    [Fact]
    public async Task Run_NoLongerWantedWhenItsTurnComes_ReadsNothing()
    {
        using var closed = new CancellationTokenSource();
        var reads = new TaskCompletionSource();
        var first = _turns.RunAsync(() => LoadAsync(1, reads.Task), default);
        var second = _turns.RunAsync(() => LoadAsync(2, Task.CompletedTask), closed.Token);
        await closed.CancelAsync();
        reads.SetResult();
        await first;
        await Assert.ThrowsAsync<OperationCanceledException>(() => second);
        Assert.Equal([1], _ended);
    }

    private async Task LoadAsync(int number, Task reads)
    {
        await reads;
        _ended.Add(number);
    }
}
