using System.Net;
using ChatApp.Data;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>What happens between a send and the commit of its run, and directly after it.</summary>
public sealed class RunStartTests
{
    private readonly HeldLog _log = new();

    [Fact]
    public async Task Start_SameKeyWhileTheFirstIsBeingStored_AttachesAndTakesNoSlot()
    {
        await using var runs = await RunHarness.StartAsync(_log.Install, ("Runs:MaxConcurrentPerUser", "1"), ("Runs:MaxQueuedPerUser", "0"));
        runs.Provider.Script("m", s => s.Text("x").Finish());
        string conversation = (await runs.RunAsync(new { input = "First", model = "p/m" })).Text("conversation_id");
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Wait(gate).Finish());
        var body = new { input = "Second", model = "p/m", conversation_id = conversation, background = true };

        var storing = _log.HoldBeforeCommit();
        var first = runs.SendAsync(body, "k");
        await storing.Reached;
        var duplicates = Enumerable.Range(0, 20).Select(_ => runs.SendAsync(body, "k")).ToArray();
        // By the time these have been refused, the duplicates have come as far as they can.
        for (int i = 0; i < 5; i++)
        {
            using var refused = await runs.SendAsync(new { input = "Another", model = "p/m" });
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        }
        storing.Release();

        var answers = await Task.WhenAll(duplicates.Append(first));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Single(answers.Select(a => a.Headers.GetValues("X-Run-Id").Single()).Distinct());
        Assert.Equal(1, await runs.QueryAsync(db => db.Messages.CountAsync(m => m.Content == "Second")));
        gate.Open();
    }

    [Fact]
    public async Task Start_SameKeyIntoAConversationThatTheFirstSendMade_Attaches()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("x").Finish());
        var service = runs.App.Services.GetRequiredService<RunService>();
        var request = new RunRequest(runs.User, "Hi") { Model = "p/m", Origin = new ConversationOrigin("test", "external"), IdempotencyKey = "k" };

        var first = await service.StartAsync(request, default);
        var second = await service.StartAsync(request, default);

        Assert.Equal(first with { Attached = true }, second);
    }

    [Fact]
    public async Task Cancel_BetweenTheCommitAndTheCall_EndsItWithoutACall()
    {
        await using var runs = await RunHarness.StartAsync(_log.Install);
        runs.Provider.Script("m", s => s.Text("x").Finish());
        var committed = _log.HoldBehindCommit();
        var starting = runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await committed.Reached;

        // Another tab sees it already.
        var id = await runs.QueryAsync(db => db.Runs.Select(r => r.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.Accepted, (await runs.Client.PostAsync($"/api/runs/{id}/cancel", null)).StatusCode);
        committed.Release();

        using var response = await starting;
        Assert.Contains("event: done\ndata: {\"status\":\"cancelled\"", await response.Content.ReadAsStringAsync());
        Assert.Empty(runs.Provider.Requests);
    }

    [Fact]
    public async Task Delete_ConversationBetweenTheCommitAndTheCall_LeavesNothingAndCallsNobody()
    {
        await using var runs = await RunHarness.StartAsync(_log.Install, ("Runs:DrainTimeout", "00:01:00"));
        runs.Provider.Script("m", s => s.Text("x").Finish());
        var committed = _log.HoldBehindCommit();
        var starting = runs.SendAsync(new { input = "Hi", model = "p/m", background = true });
        await committed.Reached;

        var id = await runs.QueryAsync(db => db.Conversations.Select(c => c.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await runs.Client.DeleteAsync($"/api/conversations/{id}")).StatusCode);
        committed.Release();

        using var response = await starting;
        Assert.Equal(0, await runs.QueryAsync(db => db.Messages.CountAsync()));
        // Waits for all that still executes.
        await runs.App.StopAsync();
        Assert.Empty(runs.Provider.Requests);
    }

    [Fact]
    public async Task Stop_RunThatIsJustBeingStored_IsInterruptedAndItsReaderTold()
    {
        await using var runs = await RunHarness.StartAsync(_log.Install);
        runs.Provider.Script("m", s => s.Hang());
        var storing = _log.HoldBeforeCommit();
        var starting = runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await storing.Reached;

        var stopping = runs.App.StopAsync();
        await ClosedAsync(runs.App.Services.GetRequiredService<RunSlots>());
        storing.Release();

        using var response = await starting.WaitAsync(TimeSpan.FromSeconds(30));
        string body = await response.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("event: done\ndata: {\"status\":\"interrupted\"", body);
        await stopping;
    }

    /// <summary>The stop begins on another thread; until then slots are given.</summary>
    private static async Task ClosedAsync(RunSlots slots)
    {
        try
        {
            while (true)
            {
                slots.Release(slots.Take(Guid.NewGuid()));
                await Task.Yield();
            }
        }
        catch (RequestProblem closed)
        {
            Assert.Equal("shutting_down", closed.Code);
        }
    }
}
