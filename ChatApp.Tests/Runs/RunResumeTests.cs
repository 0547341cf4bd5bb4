using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>What a client finds when it comes back: the rest of a stream, a run under way, a key it used before.</summary>
public sealed class RunResumeTests
{
    [Fact]
    public async Task Events_ConnectionsThatAreEndedForTheirAge_AddUpToTheWholeLog()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:MaxStreamAge", "00:00:00.0000001"));
        runs.Provider.Script("m", s => s.Text("a").Text("b").Text("c").Finish());
        string run = (await runs.RunAsync(new { input = "Hi", model = "p/m" })).Text("id");

        var ids = new List<long>();
        for (string? body = null; body?.Contains("event: done", StringComparison.Ordinal) != true;)
        {
            body = await runs.EventsAsync(run, ids.LastOrDefault());
            ids.Add(long.Parse(body.Split("id: ")[1].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture));
            Assert.Single(body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries), f => f.Contains("\nid: ", StringComparison.Ordinal));
        }

        Assert.True(ids.Count > 4);
        Assert.Equal(Enumerable.Range(1, ids.Count).Select(i => (long)i), ids);
    }

    [Fact]
    public async Task Events_LongAfterTheEnd_AreGoneButTheAnswerStays()
    {
        var time = new ManualTime();
        await using var runs = await RunHarness.StartAsync(b => b.Services.AddSingleton<TimeProvider>(time));
        runs.Provider.Script("m", s => s.Text("kept").Finish());
        var old = await runs.RunAsync(new { input = "Hi", model = "p/m" });
        time.Advance(TimeSpan.FromDays(29));
        var recent = await runs.RunAsync(new { input = "Hi", model = "p/m" });
        time.Advance(TimeSpan.FromDays(2));

        await runs.App.Services.GetRequiredService<RunRetention>().TrimAsync(default);

        using var gone = await runs.Client.GetAsync($"/api/runs/{old.Text("id")}/events");
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal("events_deleted", (await gone.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        Assert.Equal("kept", (await runs.FindAsync(old.Text("id"))).Text("output"));
        Assert.Contains("event: done", await runs.EventsAsync(recent.Text("id")));
    }

    [Fact]
    public async Task ActiveRun_WhileOneIsGoing_IsItAndThenNothing()
    {
        await using var runs = await RunHarness.StartAsync();
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("so far").Wait(gate).Finish());
        var started = await runs.StartRunAsync("Hi");
        string path = $"/api/conversations/{started.Text("conversation_id")}/active-run";

        Assert.Equal(started.Text("run_id"), (await runs.Client.GetFromJsonAsync<JsonElement>(path)).Text("id"));
        using var stranger = (await runs.App.CreateCallerAsync()).Client;
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(path)).StatusCode);
        gate.Open();
        await runs.EventsAsync(started.Text("run_id"));
        Assert.Equal(HttpStatusCode.NoContent, (await runs.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Start_KeyOfARunThatDiedWithoutOutput_AnswersTheStoredQuestionOnce()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Status(401), s => s.Text("now").Finish());
        var body = new { input = "Hi", model = "p/m" };
        var dead = await runs.RunAsync(body, "k");
        Assert.Equal("failed", dead.Text("status"));

        var again = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => runs.RunAsync(body, "k")));

        Assert.Single(again.Select(r => r.Text("id")).Distinct());
        Assert.NotEqual(dead.Text("id"), again[0].Text("id"));
        Assert.All(again, r => Assert.Equal("now", r.Text("output")));
        Assert.Equal(["Hi", "now"], await runs.ShownAsync(dead.Text("conversation_id")));
        Assert.Equal(2, await runs.QueryAsync(db => db.Runs.CountAsync()));
        Assert.Equal(again[0].Text("id"), (await runs.RunAsync(body, "k")).Text("id"));
    }

    [Fact]
    public async Task Start_KeyThatHasExpired_StartsAnew()
    {
        var time = new ManualTime();
        await using var runs = await RunHarness.StartAsync(b => b.Services.AddSingleton<TimeProvider>(time));
        runs.Provider.Script("m", s => s.Text("x").Finish());
        var first = await runs.RunAsync(new { input = "Hi", model = "p/m" }, "k");

        time.Advance(TimeSpan.FromHours(25));
        var second = await runs.RunAsync(new { input = "something else", model = "p/m" }, "k");

        Assert.NotEqual(first.Text("id"), second.Text("id"));
    }

    [Fact]
    public async Task Run_OfAConversationThrownAway_IsGoneUntilThatIsBroughtBack()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("kept").Finish());
        var body = new { input = "Hi", model = "p/m" };
        var run = await runs.RunAsync(body, "k");
        var edits = runs.App.Services.GetRequiredService<ConversationEdits>();
        string path = $"/api/runs/{run.Text("id")}";

        Assert.True(await edits.DiscardAsync(runs.User, run.GetProperty("conversation_id").GetGuid(), default));
        Assert.Equal(HttpStatusCode.NotFound, (await runs.Client.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await runs.Client.GetAsync($"{path}/events")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await runs.Client.PostAsync($"{path}/cancel", null)).StatusCode);

        Assert.True(await edits.RestoreAsync(runs.User, run.GetProperty("conversation_id").GetGuid(), default));
        Assert.Equal("kept", (await runs.FindAsync(run.Text("id"))).Text("output"));
        Assert.Contains("event: done", await runs.EventsAsync(run.Text("id")));
        Assert.Equal(run.Text("id"), (await runs.RunAsync(body, "k")).Text("id"));
    }

    [Fact]
    public async Task Start_KeyOfAConversationThrownAway_StartsAnewAndLeavesThatAsItWas()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("first").Finish(), s => s.Text("second").Finish());
        var first = await runs.RunAsync(new { input = "Hi", model = "p/m" }, "k");
        var edits = runs.App.Services.GetRequiredService<ConversationEdits>();
        Assert.True(await edits.DiscardAsync(runs.User, first.GetProperty("conversation_id").GetGuid(), default));

        var second = await runs.RunAsync(new { input = "Something else", model = "p/m" }, "k");
        Assert.True(await edits.RestoreAsync(runs.User, first.GetProperty("conversation_id").GetGuid(), default));

        Assert.NotEqual(first.Text("conversation_id"), second.Text("conversation_id"));
        Assert.Equal(["Something else", "second"], await runs.ShownAsync(second.Text("conversation_id")));
        Assert.Equal(["Hi", "first"], await runs.ShownAsync(first.Text("conversation_id")));
        Assert.Equal(second.Text("id"), (await runs.RunAsync(new { input = "Something else", model = "p/m" }, "k")).Text("id"));
    }

    [Fact]
    public async Task Start_SomeoneElsesKey_IsAnotherKey()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("x").Finish());
        var first = await runs.RunAsync(new { input = "Hi", model = "p/m" }, "k");
        using var other = (await runs.App.CreateCallerAsync()).Client;
        other.DefaultRequestHeaders.Add("Idempotency-Key", "k");

        using var response = await other.PostAsJsonAsync("/api/runs", new { input = "Hi", model = "p/m" });

        Assert.NotEqual(first.Text("id"), (await response.Content.ReadFromJsonAsync<JsonElement>()).Text("id"));
    }

    [Fact]
    public async Task Continue_AnswerThatBrokeOff_RepeatsItAndGoesOn()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("One, two, ").Drop(), s => s.Reasoning("Where was I?").Text("three.").Finish());
        var broken = await runs.RunAsync(new { input = "Count", model = "p/m" });
        string conversation = broken.Text("conversation_id");

        var whole = await runs.RunAsync(new { conversation_id = conversation, parent_message_id = broken.Text("message_id"), model = "p/m" });

        Assert.Equal("One, two, three.", whole.Text("output"));
        Assert.Equal(["Count", "One, two, three."], await runs.ShownAsync(conversation));
        var sent = runs.Provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.Text("content")).ToList();
        Assert.Equal(["Count", "One, two, "], sent[..2]);
        Assert.StartsWith("Your last answer was cut off.", sent[2]);
        Assert.Equal(1, await runs.QueryAsync(db => db.Messages.CountAsync(m => m.Content == "One, two, ")));
    }

    [Fact]
    public async Task Continue_FailsBeforeAnyText_KeepsWhatItRepeats()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("One, ").Drop(), s => s.Status(401));
        var broken = await runs.RunAsync(new { input = "Count", model = "p/m" });

        var again = await runs.RunAsync(
            new { conversation_id = broken.Text("conversation_id"), parent_message_id = broken.Text("message_id"), model = "p/m" });

        Assert.Equal("failed", again.Text("status"));
        Assert.Equal("One, ", again.Text("output"));
    }

    [Fact]
    public async Task Continue_AnswerCutForItsLength_GoesOn()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("One, ").Finish("length"), s => s.Text("two.").Finish());
        var cut = await runs.RunAsync(new { input = "Count", model = "p/m" });
        Assert.Equal("length", cut.Text("finish_reason"));

        var whole = await runs.RunAsync(new { conversation_id = cut.Text("conversation_id"), parent_message_id = cut.Text("message_id"), model = "p/m" });

        Assert.Equal("One, two.", whole.Text("output"));
    }
}
