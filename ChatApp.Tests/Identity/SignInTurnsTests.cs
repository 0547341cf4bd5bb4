using ChatApp.Data;
using ChatApp.Identity;
using Xunit;

namespace ChatApp.Tests.Identity;

public sealed class SignInTurnsTests
{
    [Fact]
    public async Task Enter_MoreThanAtOnce_Wait_AndBeyondThatAreRefused()
    {
        using var turns = new SignInTurns(atOnce: 1, waiting: 2);
        var first = await turns.EnterAsync(default);
        using var leaving = new CancellationTokenSource();
        var second = turns.EnterAsync(leaving.Token);
        var third = turns.EnterAsync(default);
        Assert.False(second.IsCompleted || third.IsCompleted);

        var refusal = await Assert.ThrowsAsync<RequestProblem>(() => turns.EnterAsync(default));
        Assert.Equal(429, refusal.Status);
        Assert.NotNull(refusal.RetryAfter);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        var fourth = turns.EnterAsync(default);
        Assert.False(fourth.IsCompleted);
        first.Dispose();
        first.Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(20))).Dispose();
        (await fourth.WaitAsync(TimeSpan.FromSeconds(20))).Dispose();
        (await turns.EnterAsync(default)).Dispose();
    }
}
