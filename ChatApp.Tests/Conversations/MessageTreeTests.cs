using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Identity;
using ChatApp.Runs;
using ChatApp.Tests.Browser;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Conversations;

public sealed class MessageTreeTests : IAsyncLifetime
{
    private RunHarness _runs = null!;

    public async Task InitializeAsync() => _runs = await RunHarness.StartAsync();

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    private MessageTree Tree => _runs.App.Services.GetRequiredService<MessageTree>();

    private CurrentUser Caller => _runs.User;

    [Fact]
    public async Task Load_LongBranch_IsReadInWindowsFromItsEnd()
    {
        var id = await ThreadJourneyTests.SeedAsync(_runs.App, Caller.Id, 100);
        var end = (await Tree.LoadAsync(Caller, id, null, 30, default))!;
        Assert.Equal(30, end.Messages.Count);
        Assert.True(end.HasEarlier);
        Assert.StartsWith("Answer 100", end.Messages[^1].Content, StringComparison.Ordinal);
        Assert.All(end.Messages, m => Assert.Equal(new SiblingPlace(1, 1), m.Place));

        List<MessageView> all = [.. end.Messages];
        for (var window = end; window.HasEarlier; all.InsertRange(0, window.Messages))
            window = (await Tree.LoadAsync(Caller, id, all[0].Id, 30, default))!;
        Assert.Equal(100, all.Count);
        Assert.Equal(all.SkipLast(1).Select(m => (Guid?)m.Id), all.Skip(1).Select(m => m.ParentId));
        Assert.Null(all[0].ParentId);
    }

    [Fact]
    public async Task History_LoadedAgainAfterScrollingUp_BeginsWhereItBegan()
    {
        var id = await ThreadJourneyTests.SeedAsync(_runs.App, Caller.Id, 100);
        var history = new ThreadHistory(Tree);
        history.Show((await history.LoadAsync(Caller, id, default))!);
        await history.LoadEarlierAsync(Caller, null, default);
        var before = history.Messages;
        Assert.Equal(60, before.Count);
        history.Show((await history.LoadAsync(Caller, id, default))!);
        Assert.Equal(before.Count, history.Messages.Count);
        Assert.All(before.Zip(history.Messages), pair => Assert.Same(pair.First, pair.Second));
        Assert.True(history.HasEarlier);
    }

    [Fact]
    public async Task History_AnotherBranch_IsLoadedFromTheForkToItsEnd()
    {
        // Two ways to begin: the second, shorter one is shown to its beginning.
        var id = await ThreadJourneyTests.SeedAsync(_runs.App, Caller.Id, 100, 40);
        var history = new ThreadHistory(Tree);
        history.Show((await history.LoadAsync(Caller, id, default))!);
        await history.LoadEarlierAsync(Caller, null, default);
        Assert.Equal((40, false), (history.Messages.Count, history.HasEarlier));
        Assert.Equal(new SiblingPlace(2, 2), history.Messages[0].Place);

        Assert.True(await Tree.ShowSiblingAsync(Caller, id, history.Messages[0].Id, -1, default));
        history.Show((await history.LoadAsync(Caller, id, default))!);
        Assert.Equal((100, false), (history.Messages.Count, history.HasEarlier));
        Assert.Equal(("Question 1", new SiblingPlace(1, 2)), (history.Messages[0].Content, history.Messages[0].Place!));
    }

    [Fact]
    public async Task History_LoadedUpToAMessage_BeginsWithIt()
    {
        var id = await ThreadJourneyTests.SeedAsync(_runs.App, Caller.Id, 20, 200);
        var all = (await Tree.LoadAsync(Caller, id, null, 300, default))!.Messages;
        var history = new ThreadHistory(Tree);
        var window = (await history.LoadAsync(Caller, id, default))!;
        history.Show(window);
        await history.LoadEarlierAsync(Caller, Guid.NewGuid(), default);
        await history.LoadEarlierAsync(Caller, all[180].Id, default);
        Assert.Equal(30, history.Messages.Count);
        await history.LoadEarlierAsync(Caller, all[50].Id, default);
        Assert.Equal(all.Skip(50).Select(m => m.Id), history.Messages.Select(m => m.Id));
        Assert.True(history.HasEarlier);
        // What was asked for before that takes nothing of it away.
        history.Show(window);
        Assert.Equal(all.Skip(50).Select(m => m.Id), history.Messages.Select(m => m.Id));
    }

    [Fact]
    public async Task Load_SomeoneElses_IsNull()
    {
        var id = await ThreadJourneyTests.SeedAsync(_runs.App, Caller.Id, 2);
        var (stranger, client) = await _runs.App.CreateCallerAsync();
        using (client)
        {
            Assert.Null(await Tree.LoadAsync(stranger, id, null, 30, default));
            Assert.Null(await Tree.LoadUpToAsync(stranger, id, null, (await Tree.LoadAsync(Caller, id, null, 30, default))!.Messages[0].Id, default));
            Assert.False(await Tree.ShowAsync(stranger, id, Guid.NewGuid(), default));
        }
    }

    [Fact]
    public async Task Show_Sibling_GoesDownToItsNewestEndAndBack()
    {
        _runs.Provider.Script("m", s => s.Text("A1").Finish(), s => s.Text("A2").Finish(), s => s.Text("B").Finish(), s => s.Text("C").Finish());
        var first = await _runs.RunAsync(new { input = "Q1", model = "p/m" });
        var conversation = Guid.Parse(first.Text("conversation_id"));
        await _runs.RunAsync(new { input = "Q2", model = "p/m", conversation_id = conversation });
        // An answer beside A1, below which nothing has been said yet.
        await _runs.RunAsync(new { model = "p/m", conversation_id = conversation, parent_message_id = first.Text("user_message_id") });
        var shown = (await Tree.LoadAsync(Caller, conversation, null, 30, default))!.Messages;
        Assert.Equal(["Q1", "B"], shown.Select(m => m.Content));
        Assert.Equal([new SiblingPlace(1, 1), new SiblingPlace(2, 2)], shown.Select(m => m.Place));

        Assert.True(await Tree.ShowSiblingAsync(Caller, conversation, shown[1].Id, -1, default));
        shown = (await Tree.LoadAsync(Caller, conversation, null, 30, default))!.Messages;
        Assert.Equal(["Q1", "A1", "Q2", "A2"], shown.Select(m => m.Content));
        Assert.Equal(new SiblingPlace(1, 2), shown[1].Place);
        Assert.False(await Tree.ShowSiblingAsync(Caller, conversation, shown[1].Id, -1, default));

        // A new beginning stands beside the first message.
        await _runs.App.Services.GetRequiredService<RunService>().StartAsync(
            new RunRequest(Caller, "Q1b") { ConversationId = conversation, StartsOver = true, Model = "p/m" }, default);
        shown = (await Tree.LoadAsync(Caller, conversation, null, 30, default))!.Messages;
        Assert.Equal("Q1b", shown[0].Content);
        Assert.Equal(new SiblingPlace(2, 2), shown[0].Place);
    }

    [Fact]
    public async Task Api_FeedbackDetailsAndLeaf_ServeTheOwner()
    {
        _runs.Provider.Script("m", s => s.Text("Yes").Finish(inputTokens: 12, outputTokens: 3));
        var run = await _runs.RunAsync(new { input = "Q", model = "p/m" });
        string answer = run.Text("message_id"), question = run.Text("user_message_id"), conversation = run.Text("conversation_id");

        var details = await _runs.Client.GetFromJsonAsync<JsonElement>($"/api/messages/{answer}/details");
        Assert.Equal((12, 3, "p/m", 1), (details.GetProperty("input_tokens").GetInt32(), details.GetProperty("output_tokens").GetInt32(), details.Text("model"), details.GetProperty("agent_revision").GetInt32()));
        Assert.Equal(run.Text("id"), details.Text("run_id"));

        foreach (var (good, reason) in new[] { (true, "Clear"), (false, "Wrong") })
            Assert.Equal(HttpStatusCode.NoContent, (await _runs.Client.PutAsJsonAsync($"/api/messages/{answer}/feedback", new { good, reason })).StatusCode);
        var stored = Assert.Single(await _runs.QueryAsync(db => db.MessageFeedback.ToListAsync()));
        Assert.Equal((false, "Wrong"), (stored.IsGood, stored.Reason));
        Assert.False((await Tree.LoadAsync(Caller, Guid.Parse(conversation), null, 30, default))!.Messages[1].IsGood);
        Assert.Equal(HttpStatusCode.BadRequest, (await _runs.Client.PutAsJsonAsync($"/api/messages/{answer}/feedback", new { good = true, reason = new string('x', 2001) })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _runs.Client.PutAsJsonAsync($"/api/messages/{question}/feedback", new { good = true })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _runs.Client.DeleteAsync($"/api/messages/{answer}/feedback")).StatusCode);
        Assert.Empty(await _runs.QueryAsync(db => db.MessageFeedback.ToListAsync()));

        using var shown = await _runs.Client.PostAsJsonAsync($"/api/conversations/{conversation}/active-leaf", new { message_id = question });
        Assert.Equal(answer, (await shown.Content.ReadFromJsonAsync<JsonElement>()).Text("active_leaf_id"));
        using var unknown = await _runs.Client.PostAsJsonAsync($"/api/conversations/{conversation}/active-leaf", new { message_id = Guid.NewGuid() });
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }
}
