using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>Limits: what does not fit waits for its turn, what does not fit there either is refused and leaves nothing.</summary>
public sealed class RunQueueTests : IAsyncLifetime
{
    private readonly Gate _gate = new();
    private RunHarness _runs = null!;

    public async Task InitializeAsync()
    {
        _runs = await RunHarness.StartAsync(("Runs:MaxConcurrentPerUser", "1"), ("Runs:MaxQueuedPerUser", "2"));
        _runs.Provider.Script("slow", s => s.Text("first").Wait(_gate).Finish());
        _runs.Provider.Script("m", s => s.Text("next").Finish());
    }

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Fact]
    public async Task Start_NoFreeSlot_WaitsWithItsPositionAndRunsInTurn()
    {
        await _runs.StartRunAsync("1", "p/slow");
        var second = await _runs.StartRunAsync("2");
        var third = await _runs.StartRunAsync("3");

        var view = await _runs.FindAsync(third.Text("run_id"));
        Assert.Equal("queued", view.Text("status"));
        Assert.Equal(2, view.GetProperty("queue_position").GetInt32());
        await _gate.Reached;
        Assert.Single(_runs.Provider.Requests);

        _gate.Open();
        string events = await _runs.EventsAsync(third.Text("run_id"));
        Assert.Contains("event: run.queued\ndata: {\"position\":2}\nid: 2\n\n", events);
        Assert.Contains("\"text\":\"next\"", events);
        view = await _runs.FindAsync(third.Text("run_id"));
        Assert.Equal("completed", view.Text("status"));
        Assert.False(view.TryGetProperty("queue_position", out var position) && position.ValueKind != JsonValueKind.Null);
        Assert.Equal(["1", "2", "3"], _runs.Provider.Requests.Select(LastInput));
        Assert.Contains("completed", await _runs.EventsAsync(second.Text("run_id")));
    }

    [Fact]
    public async Task Start_NoFreeSlot_ReadsItsConversationInItsTurn()
    {
        var earlier = await _runs.RunAsync(new { input = "a", model = "p/m" });
        await _runs.StartRunAsync("1", "p/slow");
        var waits = await _runs.StartRunAsync("b", conversation: earlier.Text("conversation_id"));
        // What the run would send if it had held the conversation all the time is what was there before.
        await _runs.QueryAsync(db => db.Messages.Where(m => m.Content == "a").ExecuteUpdateAsync(set => set.SetProperty(m => m.Content, "read in time")));

        _gate.Open();

        Assert.Contains("\"status\":\"completed\"", await _runs.EventsAsync(waits.Text("run_id")));
        Assert.Equal(["read in time", "next", "b"], _runs.Provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.Text("content")));
    }

    [Fact]
    public async Task Start_NoFreeSlot_GoesOnFromWhatItsClientBringsAlong()
    {
        var runs = _runs.App.Services.GetRequiredService<RunService>();
        await _runs.StartRunAsync("1", "p/slow");
        var request = new RunRequest(_runs.User, "b") { Model = "p/m", Transcript = [new(MessageRole.User, "a"), new(MessageRole.Assistant, "said")], SystemPrompt = "Be brief." };
        var first = await runs.StartAsync(request, default);
        _gate.Open();
        await _runs.EventsAsync(first.RunId.ToString());

        Assert.Equal(["Be brief.", "a", "said", "b"], _runs.Provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.Text("content")));
    }

    [Fact]
    public async Task Start_QueueFull_IsRefusedWithTheLimitAndLeavesNothing()
    {
        for (int i = 0; i < 3; i++)
            await _runs.StartRunAsync($"{i}", "p/slow");

        using var refused = await _runs.SendAsync(new { input = "one too many", model = "p/m" });

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("2", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("\"runs\";q=3", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"runs\";r=0;t=2", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal("too_many_runs", (await refused.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        Assert.Equal(3, await _runs.QueryAsync(db => db.Runs.CountAsync()));
        Assert.Equal(3, await _runs.QueryAsync(db => db.Conversations.CountAsync()));

        using var other = (await _runs.App.CreateCallerAsync()).Client;
        using var someoneElse = await other.PostAsJsonAsync("/api/runs", new { input = "Hi", model = "p/m" });
        Assert.Equal(HttpStatusCode.OK, someoneElse.StatusCode);
        _gate.Open();
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsItWithoutACallAndFreesThePlace()
    {
        await _runs.StartRunAsync("1", "p/slow");
        var second = await _runs.StartRunAsync("2");
        var third = await _runs.StartRunAsync("3");

        await _runs.Client.PostAsync($"/api/runs/{second.Text("run_id")}/cancel", null);

        Assert.Contains("\"status\":\"cancelled\"", await _runs.EventsAsync(second.Text("run_id")));
        Assert.Equal(1, (await _runs.FindAsync(third.Text("run_id"))).GetProperty("queue_position").GetInt32());
        _gate.Open();
        Assert.Contains("\"status\":\"completed\"", await _runs.EventsAsync(third.Text("run_id")));
        Assert.Equal(["1", "3"], _runs.Provider.Requests.Select(LastInput));
    }

    private static string? LastInput(ScriptedRequest request) =>
        request.Json.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString();
}
