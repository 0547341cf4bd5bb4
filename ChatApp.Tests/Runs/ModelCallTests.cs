using System.Runtime.CompilerServices;
using ChatApp.Agents;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>Another attempt, then another model, but only before the first token.</summary>
public sealed class ModelCallTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Run_PassingFaultBeforeTheFirstToken_IsAskedAgain(int status)
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Status(status), s => s.Drop(), s => s.Text("at last").Finish());

        var run = await runs.RunAsync(new { input = "Hi", model = "p/m" });

        Assert.Equal("completed", run.Text("status"));
        Assert.Equal("at last", run.Text("output"));
        Assert.Equal(3, runs.Provider.Requests.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(400)]
    [InlineData(404)]
    public async Task Run_FaultThatWillNotPass_IsNotAskedAgain(int status)
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Status(status));

        var run = await runs.RunAsync(new { input = "Hi", model = "p/m" });

        Assert.Equal("failed", run.Text("status"));
        Assert.Single(runs.Provider.Requests);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Run_FailsWithoutUsage_HasAnEstimateOfItsInputToo(bool begins, int output)
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => begins ? s.Text("half").Drop() : s.Status(400));

        var run = await runs.RunAsync(new { input = new string('x', 4000), model = "p/m" });

        var usage = run.GetProperty("usage");
        Assert.Equal("failed", run.Text("status"));
        Assert.True(usage.GetProperty("estimated").GetBoolean());
        Assert.InRange(usage.GetProperty("input_tokens").GetInt64(), 1000, 1200);
        Assert.Equal(output, usage.GetProperty("output_tokens").GetInt64());
    }

    [Fact]
    public async Task Run_FaultAfterTheFirstToken_IsNotAskedAgain()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("half").Drop(), s => s.Text("whole").Finish());

        var run = await runs.RunAsync(new { input = "Hi", model = "p/m" });

        Assert.Equal("failed", run.Text("status"));
        Assert.Equal("half", run.Text("output"));
        Assert.Single(runs.Provider.Requests);
    }

    [Fact]
    public async Task Run_ProviderAsksForMorePatienceThanAllowed_FailsAtOnce()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:MaxRetryDelay", "00:00:05"));
        runs.Provider.Script("m", s => s.Status(429, retryAfter: "6"), s => s.Text("too late").Finish());

        var run = await runs.RunAsync(new { input = "Hi", model = "p/m" });

        Assert.Equal("provider_rate_limited", run.GetProperty("error").Text("code"));
        Assert.Single(runs.Provider.Requests);
    }

    [Fact]
    public async Task Delay_ProviderAsksForSome_IsThatAndSomethingAtRandom()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:RetryDelay", "00:00:01"), ("Runs:MaxRetryDelay", "00:00:30"));
        var calls = runs.App.Services.GetRequiredService<ModelCalls>();

        foreach (int asked in new[] { 0, 10 })
        {
            var delays = Enumerable.Range(0, 50)
                .Select(_ => calls.DelayBefore(0, new ProviderException(ProviderFault.RateLimited, "") { RetryAfter = TimeSpan.FromSeconds(asked) })!.Value.TotalSeconds)
                .ToList();
            Assert.All(delays, d => Assert.InRange(d, asked, asked + 1));
            Assert.True(delays.Max() - delays.Min() > 0.1, "All come back together.");
        }
    }

    [Fact]
    public async Task Run_ProviderFallsSilent_IsLoggedUnderTheRunsId()
    {
        var time = new SkippingTime();
        using var log = new CapturedLogs();
        await using var runs = await RunHarness.StartAsync(b =>
        {
            b.Services.AddSingleton<TimeProvider>(time);
            log.Install(b);
        });
        runs.Provider.Script("m", s => s.Text("partial").Hang());
        using var response = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await using var body = await response.Content.ReadAsStreamAsync();
        string live = await SseText.ReadToAsync(body, "\"text\":\"partial\"");

        time.Skip(TimeSpan.FromMinutes(6));
        await SseText.ReadToAsync(body, null, live);

        Assert.Contains($"Run {response.Headers.GetValues("X-Run-Id").Single()}: p/m sent nothing for 300 s.", string.Join('\n', log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CostCannotBeWorkedOut_EndsAndGivesItsSlotBack()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:MaxConcurrentPerUser", "1"), ("Runs:MaxQueuedPerUser", "0"));
        await runs.App.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("p", "priceless"), default);
        await runs.QueryAsync(db => db.Models.Where(m => m.Name == "priceless").ExecuteUpdateAsync(set => set.SetProperty(m => m.OutputPrice, decimal.MaxValue)));
        runs.Provider.Script("priceless", s => s.Text("x").Finish());
        runs.Provider.Script("m", s => s.Text("y").Finish());

        var run = await runs.RunAsync(new { input = "Hi", model = "p/priceless" });

        Assert.Equal(("failed", "internal_error", "x"), (run.Text("status"), run.GetProperty("error").Text("code"), run.Text("output")));
        Assert.Equal("y", (await runs.RunAsync(new { input = "Hi", model = "p/m" })).Text("output"));
    }

    [Fact]
    public async Task Run_ModelFails_ItsFallbackAnswersAndIsNamedEverywhere()
    {
        await using var runs = await RunHarness.StartAsync();
        await AddModelsAsync(runs);
        runs.Provider.Script("first", s => s.Status(401));
        runs.Provider.Script("second", s => s.Text("from the second").Finish());

        var run = await runs.RunAsync(new { input = "Hi", model = "p/first" });

        Assert.Equal("completed", run.Text("status"));
        Assert.Equal("p/second", run.Text("model"));
        Assert.Equal("from the second", run.Text("output"));
        string events = await runs.EventsAsync(run.Text("id"));
        Assert.Contains("\n\nevent: model.changed\ndata: {\"model\":\"p/second\",\"cause\":\"The provider Proxima", events);
        Assert.Equal("second", runs.Provider.Requests[^1].Model);
    }

    [Fact]
    public async Task Run_FallbackFailsToo_EndsWithItsFault()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:MaxRetries", "0"));
        await AddModelsAsync(runs);
        runs.Provider.Script("first", s => s.Status(503));
        runs.Provider.Script("second", s => s.Status(401));

        var run = await runs.RunAsync(new { input = "Hi", model = "p/first" });

        Assert.Equal("failed", run.Text("status"));
        Assert.Equal("provider_unauthorized", run.GetProperty("error").Text("code"));
        Assert.Equal(2, runs.Provider.Requests.Count);
    }

    [Theory]
    [InlineData("p/third", "p/third")]
    [InlineData("p/first", "p/second")]
    [InlineData("keyless/m", "p/second")]
    public async Task Run_ModelFails_TheAgentsFallbackGoesBeforeTheModels(string fallback, string answers)
    {
        await using var runs = await RunHarness.StartAsync();
        await AddModelsAsync(runs);
        await runs.App.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("keyless", ProviderKind.OpenAI) { ApiKeyVariable = "CHATAPP_TEST_UNSET_KEY", AnyModel = true }, default);
        await runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent("careful", new AgentSettings("", "p/first") { FallbackModel = fallback }), null, default);
        runs.Provider.Script("first", s => s.Status(401));
        runs.Provider.Script("second", s => s.Text("second").Finish());
        runs.Provider.Script("third", s => s.Text("third").Finish());

        var run = await runs.RunAsync(new { input = "Hi", agent = "careful" });

        Assert.Equal(("completed", answers), (run.Text("status"), run.Text("model")));
    }

    [Fact]
    public async Task Run_AgentsFallbackFailsToo_ItsOwnFallbackAnswers()
    {
        await using var runs = await RunHarness.StartAsync(("Runs:MaxRetries", "0"));
        await AddModelsAsync(runs);
        await runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent("careful", new AgentSettings("", "p/zeroth") { FallbackModel = "p/first" }), null, default);
        runs.Provider.Script("zeroth", s => s.Status(503));
        runs.Provider.Script("first", s => s.Status(503));
        runs.Provider.Script("second", s => s.Text("second").Finish());

        var run = await runs.RunAsync(new { input = "Hi", agent = "careful" });

        Assert.Equal(("completed", "p/second"), (run.Text("status"), run.Text("model")));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Answer_Begun_LetsTheConversationGo(bool begins, int left)
    {
        await using var runs = await RunHarness.StartAsync(("Runs:MaxRetries", "0"));
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var run = process.Begin();
        await run.Started;
        using var execution = new RunExecution(run, TimeProvider.System);
        int? held = null;
        var client = new ScriptedClient(begins ? "x" : "", messages => held = messages.Count());
        var call = new ModelCall(new ModelTarget("p/m", "P", "m", client, null, null, null), [new ChatMessage(ChatRole.User, "A long story.")], new ChatOptions(), null);

        await runs.App.Services.GetRequiredService<ModelCalls>().AnswerAsync(execution, call, new RunRecorder(run), _ => { });

        // Until then another model may be asked the same.
        Assert.Equal(left, held);
        LogProcess.Finish(run);
    }

    /// <summary>Gives one text and ends; in between it shows what it was asked with.</summary>
    private sealed class ScriptedClient(string text, Action<IEnumerable<ChatMessage>> then) : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextContent(text)]);
            then(messages);
            yield return new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop };
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // Owns nothing.
        }
    }

    private static async Task AddModelsAsync(RunHarness runs)
    {
        var admin = runs.App.Services.GetRequiredService<ProviderAdmin>();
        await admin.AddModelAsync(new NewModel("p", "second"), default);
        await admin.AddModelAsync(new NewModel("p", "first", Fallback: "p/second"), default);
    }
}
