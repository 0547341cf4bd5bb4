using ChatApp.Data;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>Messages into a conversation whose last answer is still being written.</summary>
public sealed class RunTurnTests
{
    [Fact]
    public async Task Start_WaitsForTurn_BeginsWhenTheAnswerBeforeHasEnded()
    {
        await using var runs = await RunHarness.StartAsync();
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("one").Wait(gate).Finish(), s => s.Text("two").Finish());
        var first = await StartAsync(runs, "1", null);

        var second = StartAsync(runs, "2", first.ConversationId);
        Assert.False(second.IsCompleted);
        gate.Open();
        var started = await second.WaitAsync(TimeSpan.FromSeconds(30));
        await runs.EventsAsync(started.RunId.ToString());

        Assert.Equal(["1", "one", "2", "two"], await runs.ShownAsync(first.ConversationId.ToString()));
    }

    [Fact]
    public async Task Start_AnswerTakesLongerThanTheTurnTimeout_IsRefusedAndNothingIsStored()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:TurnTimeout", "00:00:00.050"));
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("one").Wait(gate).Finish());
        var first = await StartAsync(runs, "1", null);

        var refused = await Assert.ThrowsAsync<RequestProblem>(() => StartAsync(runs, "2", first.ConversationId));
        gate.Open();
        await runs.EventsAsync(first.RunId.ToString());

        Assert.Equal((409, "run_in_progress"), (refused.Status, refused.Code));
        Assert.Equal(["1", "one"], await runs.ShownAsync(first.ConversationId.ToString()));
    }

    [Fact]
    public async Task Start_WaitsForTurnUnderAKey_HoldsUpNoOtherSend()
    {
        await using var runs = await RunHarness.StartAsync();
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("one").Wait(gate).Finish(), s => s.Text("two").Finish());
        var first = await StartAsync(runs, "1", null);

        var waiting = StartAsync(runs, "2", first.ConversationId, "k");
        // The same turn of keys, whatever the others are.
        var other = await StartAsync(runs, "elsewhere", null, "k").WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(waiting.IsCompleted);
        gate.Open();
        var refused = await Assert.ThrowsAsync<RequestProblem>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.NotEqual(first.ConversationId, other.ConversationId);
        Assert.Equal((422, "idempotency_key_reused"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Start_SentTwiceWhileItWaitsForItsTurn_BeginsOnce()
    {
        await using var runs = await RunHarness.StartAsync();
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("one").Wait(gate).Finish(), s => s.Text("two").Finish());
        var first = await StartAsync(runs, "1", null);

        Task<StartedRun>[] sends = [StartAsync(runs, "2", first.ConversationId, "k"), StartAsync(runs, "2", first.ConversationId, "k")];
        gate.Open();
        var started = await Task.WhenAll(sends).WaitAsync(TimeSpan.FromSeconds(30));
        await runs.EventsAsync(started[0].RunId.ToString());

        Assert.Equal(started[0].RunId, started[1].RunId);
        Assert.Equal(["1", "one", "2", "two"], await runs.ShownAsync(first.ConversationId.ToString()));
    }

    private static Task<StartedRun> StartAsync(RunHarness runs, string input, Guid? conversation, string? key = null) =>
        runs.App.Services.GetRequiredService<RunService>().StartAsync(
            new RunRequest(runs.User, input) { Model = "p/m", ConversationId = conversation, WaitsForTurn = true, IdempotencyKey = key }, default);
}
