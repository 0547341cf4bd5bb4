using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>What a model calls is in the log as it comes, and with the message for as long as that is there.</summary>
public sealed class ToolCallTests : IAsyncLifetime
{
    private readonly SkippingTime _time = new();
    private RunHarness _runs = null!;

    public async Task InitializeAsync()
    {
        _runs = await RunHarness.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time));
        await _runs.App.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("anthropic", ProviderKind.Anthropic) { BaseUrl = _runs.Provider.AnthropicBaseUrl, ApiKey = "k", AnyModel = true }, default);
    }

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Theory]
    [InlineData("p")]
    [InlineData("anthropic")]
    public async Task Run_CallsTools_AreBlocksOfTheLogInTheirPlaces(string provider)
    {
        _runs.Provider.Script("m", s => s.Text("Let me see.").ToolCall("c1", "weather", "{\"city\":", " \"Ülm\"}").ToolCall("c2", "clock").Finish("tool_calls"));

        var run = await _runs.RunAsync(new { input = "Weather?", model = $"{provider}/m" });

        Assert.Equal(("completed", "tool_calls", "Let me see."), (run.Text("status"), run.Text("finish_reason"), run.Text("output")));
        var events = SseText.Parse(await _runs.EventsAsync(run.Text("id")));
        Assert.Equal(
            ["""{"index":0,"kind":"text"}""", """{"index":1,"kind":"tool_call","call_id":"c1","name":"weather"}""", """{"index":2,"kind":"tool_call","call_id":"c2","name":"clock"}"""],
            events.Where(e => e.Name == "block.started").Select(e => e.Data.GetRawText()));
        Assert.Equal("{\"city\": \"Ülm\"}", string.Concat(events.Where(e => e.Name == "block.delta" && e.Data.GetProperty("index").GetInt32() == 1).Select(e => e.Data.Text("text"))));
        Assert.Equal([0, 1, 2], events.Where(e => e.Name == "block.ended").Select(e => e.Data.GetProperty("index").GetInt32()).Order());
        Assert.Equal([("c1", "weather", "{\"city\": \"Ülm\"}"), ("c2", "clock", "")], CallsOf(run));
    }

    [Theory]
    [InlineData("p")]
    [InlineData("anthropic")]
    public async Task Run_OnlyCallsTools_IsWholeAndNotEmpty(string provider)
    {
        _runs.Provider.Script("m", s => s.ToolCall("c1", "weather", "{}").Finish("tool_calls"), s => s.Text("again").Finish());

        var run = await _runs.RunAsync(new { input = "Weather?", model = $"{provider}/m" });

        Assert.Equal(("completed", "tool_calls", ""), (run.Text("status"), run.Text("finish_reason"), run.Text("output")));
        var shown = (await _runs.App.Services.GetRequiredService<MessageTree>().LoadAsync(_runs.User, Guid.Parse(run.Text("conversation_id")), null, 30, default))!.Messages;
        Assert.Equal([false, true], shown.Select(m => m.HasToolCalls));
    }

    [Fact]
    public async Task Run_BreaksOffInACall_KeepsItAndIsNotAskedAgain()
    {
        _runs.Provider.Script("m", s => s.ToolCall("c1", "weather", "{\"city\":").Drop(), s => s.Text("again").Finish());

        var run = await _runs.RunAsync(new { input = "Weather?", model = "p/m" }, key: "once");

        Assert.Equal("failed", run.Text("status"));
        Assert.Equal([("c1", "weather", "{\"city\":")], CallsOf(run));
        Assert.Equal(run.Text("id"), (await _runs.RunAsync(new { input = "Weather?", model = "p/m" }, key: "once")).Text("id"));
        Assert.Single(_runs.Provider.Requests);
    }

    [Fact]
    public async Task Demo_RunsATool_TellsItsResult()
    {
        var run = await _runs.RunAsync(new { input = "/demo tool delay=0", agent = "demo" });

        Assert.StartsWith("The tool says that it is ", run.Text("output"), StringComparison.Ordinal);
        var call = Assert.Single(run.GetProperty("tool_calls").EnumerateArray());
        Assert.Equal(("clock", "{\"time_zone\": \"UTC\"}", false), (call.Text("name"), call.Text("arguments"), call.GetProperty("is_error").GetBoolean()));
        Assert.Matches("""^\{"time":"\d\d:\d\d:\d\d"\}$""", call.Text("result"));
        var events = SseText.Parse(await _runs.EventsAsync(run.Text("id")));
        Assert.Equal(call.Text("result"), Assert.Single(events, e => e.Name == "tool.result").Data.Text("result"));
    }

    [Fact]
    public async Task Calls_EventsAreDeleted_StayWithTheMessageForItsOwner()
    {
        _runs.Provider.Script("m", s => s.ToolCall("c1", "weather", "{}").Text("Sunny").Finish(), s => s.Text("No tool").Finish());
        var run = await _runs.RunAsync(new { input = "Weather?", model = "p/m" });
        var plain = await _runs.RunAsync(new { input = "Hi", model = "p/m" });
        _time.Skip(TimeSpan.FromDays(31));
        await _runs.App.Services.GetRequiredService<RunRetention>().TrimAsync(default);
        Assert.Equal(0, await _runs.QueryAsync(db => db.RunEvents.CountAsync()));

        var tools = _runs.App.Services.GetRequiredService<ToolCalls>();
        Assert.Equal([new ToolCall("c1", "weather", "{}", null, false)], await tools.ReadAsync(_runs.User, Guid.Parse(run.Text("message_id")), default));
        Assert.Empty(await tools.ReadAsync(_runs.User, Guid.Parse(plain.Text("message_id")), default));
        var (stranger, client) = await _runs.App.CreateCallerAsync();
        client.Dispose();
        Assert.Empty(await tools.ReadAsync(stranger, Guid.Parse(run.Text("message_id")), default));
    }

    [Theory]
    [InlineData("/ai/stream/chat", """{"messages":[{"role":"user","content":"Hi"}],"conversation_id":"c"}""")]
    [InlineData("/api/v1/chat/stream", """{"text":"Hi"}""")]
    [InlineData("/api/stream/stream-conversation", """{"message":"Hi"}""")]
    public async Task Contract_AnswerWithCalls_TellsItsTextOnly(string path, string body)
    {
        await _runs.App.Services.GetRequiredService<ChatApp.Agents.AgentAdmin>().AddAsync(
            new ChatApp.Agents.NewAgent("plain", new ChatApp.Agents.AgentSettings("", "p/m"), IsDefault: true), null, default);
        _runs.Provider.Script("m", s => s.Text("before").ToolCall("c1", "weather", "{\"city\":\"Paris\"}").Text("after").Finish());

        using var response = await _runs.Client.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        string text = await response.Content.ReadAsStringAsync();

        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Contains("before", text, StringComparison.Ordinal);
        Assert.Contains("after", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Paris", text, StringComparison.Ordinal);
        Assert.DoesNotContain("weather", text, StringComparison.Ordinal);
    }

    private static IEnumerable<(string, string, string)> CallsOf(JsonElement run) =>
        run.GetProperty("tool_calls").EnumerateArray().Select(c => (c.Text("id"), c.Text("name"), c.Text("arguments")));
}
