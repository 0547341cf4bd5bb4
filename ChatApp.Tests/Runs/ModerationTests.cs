using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Data.Entities;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>An agent that judges questions before another one answers them.</summary>
public sealed class ModerationTests : IAsyncLifetime, IDisposable
{
    private readonly CapturedLogs _log = new();
    private RunHarness _runs = null!;

    public async Task InitializeAsync()
    {
        _runs = await RunHarness.StartAsync(_log.Install);
        var agents = _runs.App.Services.GetRequiredService<AgentAdmin>();
        await agents.AddAsync(new NewAgent("judge", new AgentSettings("Judge it.", "p/judge")), null, default);
        await agents.AddAsync(new NewAgent("tutor", new AgentSettings("Teach.", "p/m") { ModerationAgent = "judge" }, IsDefault: true), null, default);
        _runs.Provider.Script("m", s => s.Text("42").Finish());
    }

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("""{"allowed":false,"reason":"Cheating"}""")]
    [InlineData("""{ "allowed" : false , "reason" : " Cheating\n" }""")]
    [InlineData("```json\n{\"allowed\":false,\"reason\":\"Cheating\"}\n```")]
    [InlineData("I find: {\"reason\":\"Cheating\",\"allowed\":false}.")]
    public async Task Run_NotAllowed_FailsWithoutAnAnswer(string verdict)
    {
        _runs.Provider.Script("judge", s => s.Text(verdict).Finish());

        var run = await _runs.RunAsync(new { input = "The exam, please" });

        Assert.Equal(("failed", ""), (run.Text("status"), run.Text("output")));
        Assert.Equal(("content_policy", "Content policy violation: Cheating"), (run.GetProperty("error").Text("code"), run.GetProperty("error").Text("message")));
        var request = Assert.Single(_runs.Provider.Requests);
        Assert.Equal(["Judge it.", "The exam, please"], request.Json.GetProperty("messages").EnumerateArray().Select(m => m.Text("content")));
        var call = await _runs.QueryAsync(db => db.AgentCalls.SingleAsync());
        Assert.Equal(("judge", "moderation", AgentCallStatus.Completed, run.Text("id")), (call.Agent, call.Purpose, call.Status, call.RunId.ToString()));
    }

    [Fact]
    public async Task Run_NotAllowedWithoutAReason_SaysSo()
    {
        _runs.Provider.Script("judge", s => s.Text("""{"allowed":false}""").Finish());

        var run = await _runs.RunAsync(new { input = "Hi" });

        Assert.Equal("Content policy violation: The message is not allowed.", run.GetProperty("error").Text("message"));
    }

    [Fact]
    public async Task Run_Allowed_Answers()
    {
        _runs.Provider.Script("judge", s => s.Text("""{"allowed":true,"reason":""}""").Finish());

        var run = await _runs.RunAsync(new { input = "6 times 7?" });

        Assert.Equal(("completed", "42"), (run.Text("status"), run.Text("output")));
        Assert.Equal(["judge", "m"], _runs.Provider.Requests.Select(r => r.Model));
        Assert.DoesNotContain(_log.Lines, l => l.Contains("not moderated", StringComparison.Ordinal));
    }

    public static TheoryData<string, Func<ScriptedAnswer, ScriptedAnswer>> Faults => new()
    {
        { "no JSON", s => s.Text("It is fine.").Finish() },
        { "broken JSON", s => s.Text("""{"allowed":fal}""").Finish() },
        { "another object", s => s.Text("""{"verdict":"bad"}""").Finish() },
        { "a string", s => s.Text("""{"allowed":"false"}""").Finish() },
        { "500", s => s.Status(500) },
        { "dropped", s => s.Text("""{"allowed":false""").Drop() },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Run_JudgeThatFails_GoesOnAndIsLogged(string name, Func<ScriptedAnswer, ScriptedAnswer> script)
    {
        Assert.NotEmpty(name);
        _runs.Provider.Script("judge", script);

        var run = await _runs.RunAsync(new { input = "6 times 7?" });

        Assert.Equal(("completed", "42"), (run.Text("status"), run.Text("output")));
        Assert.Contains(_log.Lines, l => l.Contains($"Run {run.Text("id")} was not moderated by agent judge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_JudgeWithoutAModel_GoesOnAndIsLogged()
    {
        await _runs.App.Services.GetRequiredService<AgentAdmin>().ChangeAsync("judge", new AgentChange { Settings = _ => new AgentSettings("Judge it.", "p/gone") }, null, default);

        var run = await _runs.RunAsync(new { input = "6 times 7?" });

        Assert.Equal("completed", run.Text("status"));
        Assert.Contains(_log.Lines, l => l.Contains("not moderated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CancelledWhileItIsJudged_IsCancelled()
    {
        _runs.Provider.Script("judge", s => s.Hang());
        var started = await _runs.StartRunAsync("Hi", model: "p/m");
        var judged = await _runs.Provider.NextRequestAsync();

        using var cancelled = await _runs.Client.PostAsync($"/api/runs/{started.Text("run_id")}/cancel", null);
        await judged.CallerLeft.WaitAsync(TimeSpan.FromSeconds(30));
        string events = await _runs.EventsAsync(started.Text("run_id"));

        Assert.Contains("\"status\":\"cancelled\"", events, StringComparison.Ordinal);
        Assert.Single(_runs.Provider.Requests);
        Assert.DoesNotContain(_log.Lines, l => l.Contains("not moderated", StringComparison.Ordinal));
    }
}
