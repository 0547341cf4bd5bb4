using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>A process that is told to end.</summary>
public sealed class RunShutdownTests
{
    [Fact]
    public async Task Stop_AnswerUnderWay_FinishesWhileNewRunsAreRefused()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:DrainTimeout", "00:01:00"));
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("first half, ").Wait(gate).Text("second half").Finish());
        using var stream = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await gate.Reached;

        var stopping = runs.App.StopAsync();
        using var refused = await UntilRefusedAsync(runs);
        Assert.Equal("5", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("shutting_down", (await refused.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        gate.Open();

        string body = await stream.Content.ReadAsStringAsync();
        Assert.Contains("second half", body);
        Assert.Contains("data: {\"status\":\"completed\",\"finish_reason\":\"stop\"}\nid: ", body);
        await stopping;
    }

    [Fact]
    public async Task Stop_AnswerOutlastsThePatience_IsInterruptedAndItsStreamTold()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:DrainTimeout", "00:00:00.050"));
        runs.Provider.Script("m", s => s.Text("for ever").Hang());
        using var stream = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await (await runs.Provider.NextRequestAsync()).CallerLeftAfterAsync(runs.App.StopAsync());

        string body = await stream.Content.ReadAsStringAsync();
        Assert.Contains("event: done\ndata: {\"status\":\"interrupted\"", body);
    }

    [Fact]
    public async Task Drain_RunThatIgnoresBeingStopped_IsLeftBehindAndNamed()
    {
        var time = new StepTime();
        var logs = new CapturedLogs();
        await using var runs = await RunHarness.StartAsync(logs.Install);
        var executor = ActivatorUtilities.CreateInstance<RunExecutor>(runs.App.Services, (TimeProvider)time);
        var run = new Run { Id = Guid.CreateVersion7(), OwnerId = runs.User.Id, Agent = "a", Model = "p/m" };
        var answer = new Message { Id = Guid.CreateVersion7(), Role = MessageRole.Assistant, Content = "" };
        var execution = executor.Add(new LiveRun(runs.App.Services.GetRequiredService<RunLogWriter>(), new RunStart(run, null, null, answer, null)));

        var drained = executor.DrainAsync(new TaskCompletionSource().Task, TimeSpan.Zero);
        Assert.True(execution.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(drained.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await drained.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains(logs.Lines, l => l.Contains($"did not stop; the next start ends them: {execution.Run.Id}", StringComparison.Ordinal));
    }

    /// <summary>The stop begins on another thread; until then sends are taken.</summary>
    private static async Task<HttpResponseMessage> UntilRefusedAsync(RunHarness runs)
    {
        while (true)
        {
            var response = await runs.SendAsync(new { input = "too late", model = "p/unknown" });
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                return response;
            response.Dispose();
        }
    }
}

internal static class ScriptedRequestWaits
{
    public static async Task CallerLeftAfterAsync(this ScriptedRequest request, Task action)
    {
        await action;
        await request.CallerLeft.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
