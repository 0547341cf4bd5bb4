using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Profiles;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

public sealed class TitleTests
{
    [Fact]
    public async Task Title_AfterTheFirstAnswer_IsTheModels_AndTheCallIsShown()
    {
        await using var runs = await StartAsync(on: true);
        runs.Provider.Script("m", s => s.Text("Use Sort.").Finish(), s => s.Text("\"**Sorting lists**\"").Finish(inputTokens: 30, outputTokens: 3));
        using var enough = new CancellationTokenSource();
        await using var changes = runs.App.Services.GetRequiredService<ConversationFeed>().WatchAsync(runs.User.Id, enough.Token).GetAsyncEnumerator();
        var change = changes.MoveNextAsync().AsTask();

        var run = await AskAsync(runs, "How do I sort a list?");
        while (await TitleAsync(runs, run) != "Sorting lists")
        {
            Assert.True(await change);
            change = changes.MoveNextAsync().AsTask();
        }
        // The title may be there before its news is: an enumerator that waits can't be disposed of.
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => { while (await change) change = changes.MoveNextAsync().AsTask(); });

        Assert.Equal(TitleOrigin.Model, await runs.QueryAsync(db => db.Conversations.Select(c => c.TitledBy).SingleAsync()));
        var call = await runs.QueryAsync(db => db.AgentCalls.SingleAsync());
        Assert.Equal(
            ("title", "helper", "p/m", (Guid?)Id(run), (Guid?)Conversation(run), AgentCallStatus.Completed, 30, 3),
            (call.Purpose, call.Agent, call.Model, call.RunId, call.ConversationId, call.Status, call.InputTokens, call.OutputTokens));
        var asked = runs.Provider.Requests[1].Json.GetProperty("messages");
        Assert.Contains("title", asked[0].Text("content"), StringComparison.Ordinal);
        Assert.Contains("How do I sort a list?", asked[1].Text("content"), StringComparison.Ordinal);
        Assert.Contains("Use Sort.", asked[1].Text("content"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Title_ProcessEndsMeanwhile_TheCallIsGivenUp()
    {
        await using var runs = await StartAsync(on: true);
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("Use Sort.").Finish(), s => s.Wait(gate).Hang());
        await AskAsync(runs, "How do I sort a list?");
        await gate.Reached;
        var request = runs.Provider.Requests[1];
        await runs.App.StopAsync();
        await request.CallerLeft;
    }

    [Fact]
    public async Task Title_PersonNamesItMeanwhile_Stays()
    {
        await using var runs = await StartAsync(on: false);
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("Use Sort.").Finish(), s => s.Wait(gate).Text("Sorting").Finish());
        var run = await runs.RunAsync(new { input = "How do I sort a list?" });
        var writing = WriteAsync(runs, run);
        await gate.Reached;
        await runs.App.Services.GetRequiredService<ConversationEdits>().RenameAsync(runs.User, Conversation(run), "Mine", default);
        gate.Open();
        await writing;
        Assert.Equal("Mine", await TitleAsync(runs, run));
        Assert.Equal(AgentCallStatus.Completed, await runs.QueryAsync(db => db.AgentCalls.Select(c => c.Status).SingleAsync()));
    }

    [Fact]
    public async Task Title_ModelFailsOrSaysNothing_TheFirstWordsStay()
    {
        await using var runs = await StartAsync(on: false);
        runs.Provider.Script("m", s => s.Text("Use Sort.").Finish(), s => s.Status(400), s => s.Text("**\n").Finish());
        var run = await runs.RunAsync(new { input = "How do I sort a list?" });
        await WriteAsync(runs, run);
        await WriteAsync(runs, run);
        Assert.Equal("How do I sort a list?", await TitleAsync(runs, run));
        Assert.Equal(
            [AgentCallStatus.Failed, AgentCallStatus.Completed], await runs.QueryAsync(db => db.AgentCalls.OrderBy(c => c.Id).Select(c => c.Status).ToListAsync()));
    }

    [Fact]
    public async Task Title_WhereNoneIsWanted_NobodyIsAsked()
    {
        await using var runs = await StartAsync(on: false);
        runs.Provider.Script("m", s => s.Text("Yes.").Finish());
        var first = await runs.RunAsync(new { input = "First" });
        var second = await runs.RunAsync(new { input = "Second", conversation_id = first.Text("conversation_id") });
        var named = await runs.App.Services.GetRequiredService<ConversationService>().CreateAsync(runs.User, "Named", null, default);
        var inNamed = await runs.RunAsync(new { input = "Hi", conversation_id = named.Id });
        var temporary = await EndAsync(runs, new RunRequest(runs.User, "Psst") { IsTemporary = true });
        var relayed = await EndAsync(runs, new RunRequest(runs.User, "Hi") { Origin = new(ConversationSources.Relay, "x") });
        var played = await runs.RunAsync(new { input = "Hi", agent = "demo" });
        runs.Provider.Script("m", s => s.Text("No").Error("down"));
        var failed = await runs.RunAsync(new { input = "Fail" });

        foreach (var run in new[] { Id(second), Id(inNamed), temporary, relayed, Id(played), Id(failed), Guid.NewGuid() })
            await runs.App.Services.GetRequiredService<TitleWriter>().TryWriteAsync(run, default);

        Assert.Equal(0, await runs.QueryAsync(db => db.AgentCalls.CountAsync()));
    }

    [Fact]
    public async Task Run_OfAConversationThatWantsNoTitle_IsNotOffered()
    {
        await using var runs = await StartAsync(on: false);
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Wait(gate).Text("Yes.").Finish());
        var named = await runs.App.Services.GetRequiredService<ConversationService>().CreateAsync(runs.User, "Named", null, default);
        var service = runs.App.Services.GetRequiredService<RunService>();
        async Task<bool> IsOfferedAsync(RunRequest request) =>
            runs.App.Services.GetRequiredService<RunRegistry>().TryGet((await service.StartAsync(request, default)).RunId, out var live) ? live.WantsTitle : throw new InvalidOperationException();

        var wanted = new RunRequest(runs.User, "Hi") { WantsTitle = true };
        Assert.True(await IsOfferedAsync(wanted));
        Assert.False(await IsOfferedAsync(new RunRequest(runs.User, "Hi")));
        Assert.False(await IsOfferedAsync(wanted with { IsTemporary = true }));
        Assert.False(await IsOfferedAsync(wanted with { Origin = new(ConversationSources.Relay, "x") }));
        Assert.False(await IsOfferedAsync(wanted with { ConversationId = named.Id }));
        gate.Open();
    }

    [Fact]
    public async Task Title_OfAPricedModel_IsInItsOwnersUsage_AlsoWhenTheConversationIsGone()
    {
        await using var runs = await StartAsync(on: false);
        await runs.App.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("p", "m"), default);
        await runs.QueryAsync(db => db.Models.Where(m => m.Name == "m").ExecuteUpdateAsync(set => set.SetProperty(m => m.InputPrice, 1m).SetProperty(m => m.OutputPrice, 2m)));
        runs.Provider.Script("m", s => s.Text("Use Sort.").Finish(inputTokens: 10, outputTokens: 5), s => s.Text("Sorting").Finish(inputTokens: 30, outputTokens: 3));
        var run = await runs.RunAsync(new { input = "How do I sort a list?" });
        await WriteAsync(runs, run);
        await runs.App.Services.GetRequiredService<ConversationEdits>().DeleteAsync(runs.User, Conversation(run), default);

        var line = Assert.Single(await runs.App.Services.GetRequiredService<UsageReport>().ListAsync(runs.User, 2, TimeSpan.Zero, default));

        Assert.Equal((1, 1, 40, 8), (line.Answers, line.HiddenCalls, line.InputTokens, line.OutputTokens));
        Assert.Equal(0.000056m, Math.Round(line.Cost!.Value, 8));
    }

    [Fact]
    public async Task Title_ProviderReportsNoUsage_IsEstimated()
    {
        await using var runs = await StartAsync(on: false);
        runs.Provider.Script("m", s => s.Text("Use Sort.").Finish(), s => s.Text("Sorting.").Raw(FaultCases.FinishReasonOnly("openai")).End());
        await WriteAsync(runs, await runs.RunAsync(new { input = "How do I sort a list?" }));

        var call = await runs.QueryAsync(db => db.AgentCalls.SingleAsync());
        Assert.Equal((true, 2L, (decimal?)null), (call.Estimated, call.OutputTokens, call.Cost));
        Assert.InRange(call.InputTokens, 50, 200);
    }

    private static async Task<RunHarness> StartAsync(bool on)
    {
        var runs = await RunHarness.StartAsync(("Conversations:Titles", on ? "true" : "false"));
        await runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent("helper", new AgentSettings(Prompt: "You help.", Model: "p/m"), "Helper", IsDefault: true), null, default);
        return runs;
    }

    private static Task WriteAsync(RunHarness runs, JsonElement run) => runs.App.Services.GetRequiredService<TitleWriter>().TryWriteAsync(Id(run), default);

    /// <summary>As a person does in the browser.</summary>
    private static async Task<JsonElement> AskAsync(RunHarness runs, string question) =>
        await runs.FindAsync((await EndAsync(runs, new RunRequest(runs.User, question) { WantsTitle = true })).ToString());

    private static async Task<Guid> EndAsync(RunHarness runs, RunRequest request)
    {
        var run = await runs.App.Services.GetRequiredService<RunService>().StartAsync(request, default);
        await foreach (var _ in runs.App.Services.GetRequiredService<IRunReader>().ReadAsync(run.RunId, 0))
        {
            // Only its end matters.
        }
        return run.RunId;
    }

    private static Guid Id(JsonElement run) => Guid.Parse(run.Text("id"));

    private static Guid Conversation(JsonElement run) => Guid.Parse(run.Text("conversation_id"));

    private static async Task<string> TitleAsync(RunHarness runs, JsonElement run)
    {
        var id = Conversation(run);
        return await runs.QueryAsync(db => db.Conversations.Where(c => c.Id == id).Select(c => c.Title).SingleAsync());
    }
}
