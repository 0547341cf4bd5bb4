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

    private static Task<StartedRun> StartAsync(RunHarness runs, string input, Guid? conversation) =>
        runs.App.Services.GetRequiredService<RunService>().StartAsync(
            new RunRequest(runs.User, input) { Model = "p/m", ConversationId = conversation, WaitsForTurn = true }, default);
}
