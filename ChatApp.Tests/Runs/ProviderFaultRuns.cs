using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>
/// Lets a provider do something wrong on one wire and fails unless the run ends as what it is, for everybody who looks: on the
/// live stream, its replay, the run and its message.
/// </summary>
internal sealed class ProviderFaultRuns(ProviderFaultApp app)
{
    public static readonly string[] Wires = ["openai", "anthropic"];

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(5), MoreThanTheGrace = TimeSpan.FromSeconds(6);
    private int _falselyComplete;

    /// <summary>How many runs so far said that they were complete, and were not.</summary>
    public int FalselyComplete => Volatile.Read(ref _falselyComplete);

    private RunHarness Runs => app.Runs;

    /// <summary>One of <see cref="FaultCases"/>.</summary>
    public async Task CaseAsync(string wire, string name)
    {
        var expected = FaultCases.New(wire)[name];
        string model = NewModel();
        Runs.Provider.Script(model, expected.Script);

        using var response = await StartAsync($"{expected.Provider}-{wire}/{model}");
        await using var body = await response.Content.ReadAsStreamAsync();
        string live = "";
        if (expected.AfterText is { } gate)
        {
            live = await SseText.ReadToAsync(body, "\"text\":\"partial\"");
            gate.Open();
        }
        live = await SseText.ReadToAsync(body, null, live);

        await AssertEndedAsync(response, live, wire, expected);
        Assert.Equal(expected.Requests, Runs.Provider.Requests.Count(r => r.Model == model));
    }

    /// <summary>Silence in mid-answer. Moves the clock, which times out whatever else runs.</summary>
    public Task SilenceAsync(string wire) => SilenceAsync(
        wire, s => s.Text("partial").Hang(), IdleTimeout + TimeSpan.FromSeconds(1), new([], null, "provider_timeout", "sent nothing for 300 seconds", "partial"));

    /// <summary>Silence behind the finish reason, without an end of the response. Moves the clock.</summary>
    public Task SilenceWhenFinishedAsync(string wire) => SilenceAsync(
        wire, s => s.Text("partial").Raw(FaultCases.FinishReasonOnly(wire)).Hang(), MoreThanTheGrace, new([], "stop", null, Output: "partial"));

    /// <summary>Text without end.</summary>
    public Task EndlessTextAsync(string wire)
    {
        string text = new('x', 1000);
        return EndlessAsync(wire, s => Enumerable.Range(0, 100).Aggregate(s, (script, _) => script.Text(text)).Hang(), ProviderFaultApp.MaxOutputChars);
    }

    /// <summary>Arguments of a tool call without end.</summary>
    public Task EndlessToolCallAsync(string wire)
    {
        string[] arguments = [.. Enumerable.Repeat(new string('1', 1000), 100)];
        return EndlessAsync(wire, s => s.ToolCall("c", "f", arguments).Hang(), leastOutput: 0);
    }

    private async Task SilenceAsync(string wire, Func<ScriptedAnswer, ScriptedAnswer> script, TimeSpan skip, FaultCase expected)
    {
        string model = NewModel();
        Runs.Provider.Script(model, script);
        using var response = await StartAsync($"scripted-{wire}/{model}");
        await using var body = await response.Content.ReadAsStreamAsync();
        string live = await SseText.ReadToAsync(body, "\"text\":\"partial\"");

        app.Time.Skip(skip);
        live = await SseText.ReadToAsync(body, null, live);

        await AssertEndedAsync(response, live, wire, expected);
        await AssertHungUpAsync(model);
    }

    private async Task EndlessAsync(string wire, Func<ScriptedAnswer, ScriptedAnswer> script, int leastOutput)
    {
        string model = NewModel();
        Runs.Provider.Script(model, script);

        using var response = await StartAsync($"scripted-{wire}/{model}");
        await using var body = await response.Content.ReadAsStreamAsync();
        string live = await SseText.ReadToAsync(body, null);

        string output = SseText.TextOf(SseText.Parse(live), "text");
        Assert.InRange(output.Length, leastOutput, 100_000);
        await AssertEndedAsync(response, live, wire, new([], "length", null, Output: output));
        await AssertHungUpAsync(model);
    }

    private Task AssertHungUpAsync(string model) =>
        Runs.Provider.Requests.Single(r => r.Model == model).CallerLeft.WaitAsync(TimeSpan.FromSeconds(30));

    private static string NewModel() => Guid.NewGuid().ToString("n");

    private async Task<HttpResponseMessage> StartAsync(string model)
    {
        var response = await Runs.SendAsync(new { input = "Hi", model, stream = true });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    private async Task AssertEndedAsync(HttpResponseMessage response, string live, string wire, FaultCase expected)
    {
        string status = expected.Code == null ? "completed" : "failed";
        var events = SseText.Parse(live);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Id));
        var done = Assert.Single(events, e => e.Name == "done").Data;
        Assert.Equal("done", events[^1].Name);
        if (expected.Code != null && done.Text("status") == "completed")
            Interlocked.Increment(ref _falselyComplete);
        Assert.True(status == done.Text("status"), done.GetRawText());
        Assert.Equal(expected.FinishReason ?? "failed", done.Text("finish_reason"));
        Assert.Equal(expected.Code != null, done.TryGetProperty("error", out var error));
        if (expected.Code != null)
            AssertSaid(error, wire, expected);
        Assert.Equal(expected.Output, SseText.TextOf(events, "text"));
        Assert.Equal(expected.Reasoning ?? "", SseText.TextOf(events, "reasoning"));
        Assert.DoesNotContain("canary", live, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Logs.Lines, l => l.Contains("canary", StringComparison.Ordinal));

        Assert.Equal(live, await Runs.Client.GetStringAsync($"{response.Headers.Location}/events"));
        var run = await Runs.Client.GetFromJsonAsync<JsonElement>(response.Headers.Location);
        var messages = await Runs.Client.GetFromJsonAsync<JsonElement>($"/api/conversations/{run.Text("conversation_id")}/messages");
        var message = messages.GetProperty("data")[1];
        foreach (var (view, text) in new[] { (run, "output"), (message, "content") })
        {
            Assert.Equal(status, view.Text("status"));
            Assert.Equal(expected.FinishReason, OptionalText(view, "finish_reason"));
            Assert.Equal(expected.Output, view.Text(text));
            Assert.Equal(expected.Reasoning, OptionalText(view, "reasoning"));
        }
        string? said = expected.Code == null ? null : error.Text("message");
        Assert.Equal(expected.Code != null, run.TryGetProperty("error", out var stored));
        if (expected.Code != null)
            Assert.Equal((expected.Code, said), (stored.Text("code"), stored.Text("message")));
        Assert.Equal((expected.Code, said), (OptionalText(message, "error_code"), OptionalText(message, "error_message")));
    }

    /// <summary>A sentence for a person that names the provider, without a secret and without the raw body.</summary>
    private static void AssertSaid(JsonElement error, string wire, FaultCase expected)
    {
        string message = error.Text("message");
        Assert.True(expected.Code == error.Text("code"), error.GetRawText());
        Assert.Contains($"The provider Acme {(wire == "openai" ? "OpenAI" : "Anthropic")}", message, StringComparison.Ordinal);
        Assert.Contains(expected.Says, message, StringComparison.Ordinal);
        Assert.Matches(@"^The [^{}\r\n]{20,400}$", message);
        Assert.DoesNotContain("Exception", message, StringComparison.Ordinal);
    }

    private static string? OptionalText(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
