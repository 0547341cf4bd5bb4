using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Ask;

/// <summary>Who answers in a session, and who looks for insights, where what they need is missing or changes meanwhile.</summary>
public sealed class AskAnswererTests
{
    [Theory]
    [InlineData("keyless/m", "p/second", "p/second")]
    [InlineData("gone/m", "p/second", "p/second")]
    [InlineData("p/m", "p/second", "p/m")]
    [InlineData("p/m", "keyless/m", "p/m")]
    public async Task Answer_ModelGoneOrWithoutKey_FallbackAnswers(string model, string fallback, string answers)
    {
        await using var ask = await AskHarness.StartAsync();
        await AddAgentAsync(ask, AskSetup.ConversationAgent, model, fallback);
        foreach (string name in new[] { "m", "second" })
            ask.Runs.Provider.Script(name, s => s.Text($"I am {name}.").Finish());
        var visit = await ask.EnterAsync();
        await ask.Conversation.AppendAsync(visit, new AskSpeech("Hi"), default);

        var answer = await ask.Conversation.AnswerAsync(visit, default);
        await ask.EndAsync(answer.Run.RunId);

        Assert.Equal(answers, answer.Run.Model);
        Assert.Equal($"Agent: I am {answers[2..]}.", (await ask.SaidAsync())[^1]);
    }

    [Fact]
    public async Task Answer_NeitherModelNorFallbackHasAKey_NamesTheModel()
    {
        await using var ask = await AskHarness.StartAsync();
        await AddAgentAsync(ask, AskSetup.ConversationAgent, "keyless/m", "keyless/second");
        var visit = await ask.EnterAsync();
        await ask.Conversation.AppendAsync(visit, new AskSpeech("Hi"), default);

        var problem = await Assert.ThrowsAsync<RequestProblem>(() => ask.Conversation.AnswerAsync(visit, default));

        Assert.Equal("Missing API key for model keyless/m. Define environment variable CHATAPP_TEST_UNSET.", problem.Message);
    }

    [Theory]
    [InlineData("keyless/i")]
    [InlineData("gone/i")]
    public async Task Insights_ModelGoneOrWithoutKey_FallbackIsAsked(string model)
    {
        await using var ask = await AskHarness.StartAsync();
        await AddAgentAsync(ask, AskSetup.InsightAgent, model, "p/i");
        ask.Runs.Provider.Script("i", s => s.Text("[{\"type\":\"pain\",\"content\":\"Slow\"}]").Finish());
        var visit = await ask.EnterAsync();
        await ask.Conversation.AppendAsync(visit, new AskSpeech("Slow reviews."), default);

        var found = await ask.Service<AskInsights>().DetectAsync(visit.Ask, null, default);

        Assert.Equal("Slow", Assert.Single(found!).Content);
        Assert.Equal("p/i", (await ask.Runs.QueryAsync(db => db.AgentCalls.AsNoTracking().SingleAsync())).Model);
        // Nothing was said since: nobody is asked again.
        Assert.Null(await ask.Service<AskInsights>().DetectAsync(visit.Ask, null, default));
        Assert.Single(ask.Runs.Provider.Requests);
    }

    [Fact]
    public async Task Answer_AgentAddedInMidAnswer_WhoeverAsksGetsTheSameAnswer()
    {
        await using var ask = await AskHarness.StartAsync();
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("One ").Wait(gate).Text("answer.").Finish());
        var visit = await ask.EnterAsync();
        await ask.Conversation.AppendAsync(visit, new AskSpeech("Hi"), default);
        var first = await ask.Conversation.AnswerAsync(visit, default);
        await gate.Reached;
        await AddAgentAsync(ask, AskSetup.ConversationAgent, "p/second", null);

        var second = await ask.Conversation.AnswerAsync(visit, default);
        gate.Open();
        await ask.EndAsync(first.Run.RunId);

        Assert.Equal(first.Run with { Attached = true }, second.Run);
        Assert.Equal(first.At, second.At);
        Assert.Equal(["You: Hi", "Agent: One answer."], (await ask.SaidAsync()).Select(s => s.StartsWith("Agent", StringComparison.Ordinal) ? s : "You: Hi"));
    }

    /// <summary>An agent, and a provider <c>keyless</c> whose key is nowhere; there is none by the name <c>gone</c> any more.</summary>
    private static async Task AddAgentAsync(AskHarness ask, string slug, string model, string? fallback)
    {
        var providers = ask.Service<ProviderAdmin>();
        foreach (string name in new[] { "keyless", "gone" })
            await providers.AddAsync(new NewProvider(name, ProviderKind.OpenAI) { ApiKeyVariable = "CHATAPP_TEST_UNSET", AnyModel = true }, default);
        await ask.Service<AgentAdmin>().AddAsync(new NewAgent(slug, new AgentSettings("", model) { FallbackModel = fallback }), null, default);
        await ask.Runs.QueryAsync(db => db.Providers.Where(p => p.Slug == "gone").ExecuteUpdateAsync(s => s.SetProperty(p => p.Enabled, false)));
        ask.Service<ModelCatalog>().Invalidate();
    }
}
