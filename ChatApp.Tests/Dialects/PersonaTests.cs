using ChatApp.Agents;
using ChatApp.Data.Entities;
using ChatApp.Tests.Conformance;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>What the model of an avee is told, and which model that is.</summary>
public sealed class PersonaTests(TraceApps apps) : IClassFixture<TraceApps>
{
    [Theory]
    [InlineData(Layers.Public, "from the public")]
    [InlineData(Layers.Intimate, "very close")]
    public async Task Prompt_OfAnAvee_IsLayerPersonaRulesHistoryQuestion(string layer, string expected)
    {
        var (runs, conversation) = await OpenAsync($"ann-{layer}", new AgentSettings("One sentence.", "p/trace") { Persona = "You are Ann." });
        await runs.QueryAsync(db => db.Conversations.Where(c => c.Id == conversation).ExecuteUpdateAsync(c => c.SetProperty(x => x.Layer, layer)));
        runs.Provider.Script("trace", a => a.Text("One").Finish(), a => a.Text("Two").Finish());
        await AskAsync(runs, conversation, "First");
        await AskAsync(runs, conversation, "Second");

        var told = runs.Provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.Text("content")).ToList();
        string[] prompt = told[0].Split("\n\n");
        Assert.Contains(expected, prompt[0], StringComparison.Ordinal);
        Assert.Equal(["You are Ann.", "One sentence."], prompt[1..]);
        Assert.Equal(["First", "One", "Second"], told[1..]);
    }

    [Fact]
    public async Task Start_FallbackAnswers_NamesTheModelThatReallyAnswers()
    {
        var (runs, conversation) = await OpenAsync("ben", new AgentSettings("", "q/first") { Persona = "You are Ben." });
        runs.Provider.Script("first", a => a.Status(400));
        runs.Provider.Script("second", a => a.Text("Hello").Finish());

        string events = await AskAsync(runs, conversation, "Hi");

        Assert.StartsWith(": open\n\ndata: {\"event\":\"start\",\"model\":\"second\"}\n\ndata: {\"token\":\"Hello\"}\n\n", events, StringComparison.Ordinal);
    }

    private async Task<(RunHarness Runs, Guid Conversation)> OpenAsync(string handle, AgentSettings settings)
    {
        var runs = await apps.ForAsync("Persona");
        if (settings.Model == "q/first")
            await AddProviderWithFallbackAsync(runs);
        await runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent(handle, settings) { Handle = handle }, null, default);
        var avee = await runs.App.Services.GetRequiredService<AgentCatalog>().FindByHandleAsync(handle, default);
        using var opened = await runs.Client.PostAsync($"conversations/with-avee?avee_id={avee!.Id}", null);
        return (runs, System.Text.Json.JsonDocument.Parse(await opened.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetGuid());
    }

    private static async Task AddProviderWithFallbackAsync(RunHarness runs)
    {
        var providers = runs.App.Services.GetRequiredService<ChatApp.Providers.ProviderAdmin>();
        await providers.AddAsync(new("q", ProviderKind.OpenAI) { BaseUrl = runs.Provider.OpenAIBaseUrl, ApiKey = "canary-key" }, default);
        await providers.AddModelAsync(new("q", "second"), default);
        await providers.AddModelAsync(new("q", "first", Fallback: "q/second"), default);
    }

    private static async Task<string> AskAsync(RunHarness runs, Guid conversation, string question)
    {
        using var answer = await runs.Client.PostAsync($"chat/stream?conversation_id={conversation}&question={question}", null);
        return await answer.Content.ReadAsStringAsync();
    }
}
