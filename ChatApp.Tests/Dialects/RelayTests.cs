using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>What Relay's API makes of its requests; its wire is in the traces.</summary>
public sealed class RelayTests : IAsyncLifetime
{
    private RunHarness _runs = null!;

    public async Task InitializeAsync()
    {
        _runs = await RunHarness.StartAsync();
        await _runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent("relay", new AgentSettings("The agent's own prompt.", "p/m"), IsDefault: true), null, default);
        _runs.Provider.Script("m", s => s.Text("one").Finish(), s => s.Text("two").Finish(), s => s.Text("three").Finish());
    }

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Fact]
    public async Task Chat_OneMessageOfANamedConversation_RemembersWhatWasSaid()
    {
        await ChatAsync(new { messages = Said("user: Hi"), conversation_id = "c 1", system_prompt = "Be a pirate." });
        await ChatAsync(new { messages = Said("user: And?"), conversation_id = "c 1" });
        await ChatAsync(new { messages = Said("user: Other"), conversation_id = "c 2" });

        Assert.Equal(["system: Be a pirate.", "user: Hi", "assistant: one", "user: And?"], Asked(1));
        Assert.Equal(["system: The agent's own prompt.", "user: Other"], Asked(2));
        Assert.Equal(2, (await ConversationsAsync()).Length);
    }

    [Fact]
    public async Task Chat_WholeTranscript_IsWhatTheModelIsTold()
    {
        await ChatAsync(new { messages = Said("user: Stored"), conversation_id = "c" });
        await ChatAsync(new
        {
            messages = Said("system: S1", "user: A", "assistant: B", "system: S2", "user: C"), conversation_id = "c", system = "S0", max_tokens = 7, temperature = 0.25,
        });

        Assert.Equal(["system: S0\n\nS1\n\nS2", "user: A", "assistant: B", "user: C"], Asked(1));
        var request = _runs.Provider.Requests[1].Json;
        Assert.Equal((7, 0.25), (request.GetProperty("max_tokens").GetInt32(), request.GetProperty("temperature").GetDouble()));
        string conversation = (await ConversationsAsync()).Single().Text("id");
        Assert.Equal(["Stored", "one", "C", "two"], await _runs.ShownAsync(conversation));
    }

    [Fact]
    public async Task Chat_NewTranscript_IsStoredWithItsConversation()
    {
        await ChatAsync(new { messages = Said("user: A", "assistant: B", "user: C") });

        Assert.Equal(["A", "B", "C", "one"], await _runs.ShownAsync((await ConversationsAsync()).Single().Text("id")));
        var request = _runs.Provider.Requests[0].Json;
        Assert.Equal((2048, 0.7), (request.GetProperty("max_tokens").GetInt32(), Math.Round(request.GetProperty("temperature").GetDouble(), 6)));
    }

    [Fact]
    public async Task Chat_SameNewNameManyTimesAtOnce_BeginsOneConversation()
    {
        var gate = new Infrastructure.Gate();
        _runs.Provider.Script("m", s => s.Wait(gate).Text("ok").Finish());
        var sends = Enumerable.Range(0, 8).Select(_ => SendAsync(new { messages = Said("user: Hi"), conversation_id = "new" })).ToArray();

        var answers = await Task.WhenAll(sends);

        // Whoever is second has to wait for the first answer.
        Assert.Equal([200, .. Enumerable.Repeat(409, 7)], answers.Select(a => (int)a.StatusCode).Order());
        gate.Open();
        Assert.Single(await ConversationsAsync());
        foreach (var answer in answers)
            answer.Dispose();
    }

    private Task<HttpResponseMessage> SendAsync(object body) => _runs.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/ai/stream/chat") { Content = JsonContent.Create(body) }, HttpCompletionOption.ResponseHeadersRead);

    [Fact]
    public async Task Chat_SameNameOfSomebodyElse_IsAnotherConversation()
    {
        var (_, other) = await _runs.App.CreateCallerAsync();
        await ChatAsync(new { messages = Said("user: Secret"), conversation_id = "c" });
        using var answer = await other.PostAsJsonAsync("/ai/stream/chat", new { messages = Said("user: What?"), conversation_id = "c" });
        Assert.Contains("two", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Assert.DoesNotContain("Secret", _runs.Provider.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_ConversationThrownAway_BeginsAnewUnderItsName_AndBothStay()
    {
        await ChatAsync(new { messages = Said("user: Hi"), conversation_id = "c" });
        var edits = _runs.App.Services.GetRequiredService<ConversationEdits>();
        var first = Guid.Parse((await ConversationsAsync()).Single().Text("id"));
        Assert.True(await edits.DiscardAsync(_runs.User, first, default));

        await ChatAsync(new { messages = Said("user: Again"), conversation_id = "c" });
        Assert.NotEqual(first, Guid.Parse((await ConversationsAsync()).Single().Text("id")));
        Assert.True(await edits.RestoreAsync(_runs.User, first, default));

        Assert.Equal(2, (await ConversationsAsync()).Length);
        await ChatAsync(new { messages = Said("user: And?"), conversation_id = "c" });
        Assert.Equal(["system: The agent's own prompt.", "user: Again", "assistant: two", "user: And?"], Asked(2));
    }

    [Fact]
    public async Task Run_AnotherAgentInAConversationWithAPrompt_KeepsItsOwn()
    {
        await _runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent("guarded", new AgentSettings("Never swear.", "p/m")), null, default);
        await ChatAsync(new { messages = Said("user: Hi"), conversation_id = "c", system_prompt = "Swear." });
        string conversation = (await ConversationsAsync()).Single().Text("id");

        await _runs.RunAsync(new { input = "You?", conversation_id = conversation, agent = "guarded" });
        await _runs.RunAsync(new { input = "And you?", conversation_id = conversation });

        Assert.Equal("system: Never swear.", Asked(1)[0]);
        Assert.Equal("system: Swear.", Asked(2)[0]);
    }

    [Fact]
    public async Task Chat_NothingConfigured_TheDemoAnswers()
    {
        await using var fresh = await Infrastructure.TestApp.StartAsync();
        var (_, client) = await fresh.CreateCallerAsync();
        using var answer = await client.PostAsJsonAsync("/ai/stream/chat", new { messages = Said("user: /demo tokens=3 delay=0") });
        string body = await answer.Content.ReadAsStringAsync();

        Assert.Contains("data: {\"content\":", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("error", body, StringComparison.Ordinal);
    }

    private async Task ChatAsync(object body)
    {
        using var answer = await _runs.Client.PostAsJsonAsync("/ai/stream/chat", body);
        Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static object[] Said(params string[] lines) => [.. lines.Select(l => l.Split(": ", 2)).Select(p => new { role = p[0], content = p[1] })];

    private string[] Asked(int request) =>
        [.. _runs.Provider.Requests[request].Json.GetProperty("messages").EnumerateArray().Select(m => $"{m.Text("role")}: {m.Text("content")}")];

    private async Task<JsonElement[]> ConversationsAsync() =>
        [.. (await _runs.Client.GetFromJsonAsync<JsonElement>("/api/conversations")).GetProperty("data").EnumerateArray()];
}
