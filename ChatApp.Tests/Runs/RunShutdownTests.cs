using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
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
