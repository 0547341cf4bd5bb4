using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>A stored question answered once more: the answers are siblings, the question stays one message.</summary>
public sealed class AnswerAgainTests : IAsyncLifetime
{
    private readonly ScriptedProvider _provider = ScriptedProvider.Start();
    private TestApp _app = null!;
    private HttpClient _client = null!;
    private CurrentUser _user = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        await _app.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("p", ProviderKind.OpenAI) { BaseUrl = _provider.OpenAIBaseUrl, ApiKey = "canary-key", AnyModel = true }, default);
        (_user, _client) = await _app.CreateCallerAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Start_FirstQuestionWithoutInput_AddsAnAnswerBesideTheFailedOne()
    {
        _provider.Script("m", s => s.Text("Half").Error("boom"), s => s.Text("Whole").Finish());
        var first = await RunAsync(new { input = "Why?", model = "p/m" });
        Assert.Equal("failed", first.GetProperty("status").GetString());
        string conversation = Text(first, "conversation_id"), question = Text(first, "user_message_id");

        var again = await RunAsync(new { conversation_id = conversation, parent_message_id = question, model = "p/m" });

        Assert.Equal(question, Text(again, "user_message_id"));
        Assert.Equal(["Why?", "Whole"], await ShownAsync(conversation));
        var sent = _provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString());
        Assert.Equal(["Why?"], sent);
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(1, await db.Messages.CountAsync(m => m.Role == MessageRole.User));
        var answers = await db.Messages.Where(m => m.ParentId == Guid.Parse(question)).OrderBy(m => m.Id).Select(m => m.Content).ToListAsync();
        Assert.Equal(["Half", "Whole"], answers);
    }

    [Fact]
    public async Task Start_LaterQuestionWithoutInput_SendsThePathAboveItOnly()
    {
        _provider.Script("m", s => s.Text("A1").Finish(), s => s.Text("A2").Finish(), s => s.Text("A3").Finish());
        string conversation = Text(await RunAsync(new { input = "Q1", model = "p/m" }), "conversation_id");
        var second = await RunAsync(new { input = "Q2", model = "p/m", conversation_id = conversation });

        await RunAsync(new { conversation_id = conversation, parent_message_id = Text(second, "user_message_id"), model = "p/m" });

        Assert.Equal(["Q1", "A1", "Q2", "A3"], await ShownAsync(conversation));
        var sent = _provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString());
        Assert.Equal(["Q1", "A1", "Q2"], sent);
    }

    [Fact]
    public async Task Start_WithoutInputBelowAnAnswer_IsRefusedAndChangesNothing()
    {
        _provider.Script("m", s => s.Text("A1").Finish());
        var first = await RunAsync(new { input = "Q1", model = "p/m" });
        string conversation = Text(first, "conversation_id");

        await AssertRefusedAsync(new { conversation_id = conversation, parent_message_id = Text(first, "message_id") }, "parent_message_id");
        await AssertRefusedAsync(new { conversation_id = conversation }, "input");
        await AssertRefusedAsync(new { conversation_id = conversation, parent_message_id = Text(first, "user_message_id"), input = "" }, "input");
        await AssertRefusedAsync(
            new { conversation_id = conversation, parent_message_id = Text(first, "user_message_id"), metadata = new { a = 1 } }, "metadata");

        Assert.Equal(["Q1", "A1"], await ShownAsync(conversation));
    }

    [Fact]
    public async Task Start_NewBeginningThatDiedSilentlySentAgain_IsAnswered()
    {
        _provider.Script("m", s => s.Text("A1").Finish(), s => s.Status(401), s => s.Text("At last").Finish());
        var first = await RunAsync(new { input = "Q1", model = "p/m" });
        var runs = _app.Services.GetRequiredService<RunService>();
        var request = new RunRequest(_user, "Q1, better") { ConversationId = Guid.Parse(Text(first, "conversation_id")), StartsOver = true, Model = "p/m", IdempotencyKey = "edit" };

        var died = await EndAsync(await runs.StartAsync(request, default));
        var again = await EndAsync(await runs.StartAsync(request, default));

        Assert.NotEqual(died.RunId, again.RunId);
        Assert.Equal(died.UserMessageId, again.UserMessageId);
        Assert.Equal(["Q1, better", "At last"], await ShownAsync(Text(first, "conversation_id")));
    }

    [Fact]
    public async Task Start_SameKeyForATemporaryChat_IsAnotherRequest()
    {
        _provider.Script("m", s => s.Text("A1").Finish());
        var runs = _app.Services.GetRequiredService<RunService>();
        var request = new RunRequest(_user, "Psst") { IsTemporary = true, Model = "p/m", IdempotencyKey = "key" };
        await EndAsync(await runs.StartAsync(request, default));

        Assert.Equal(422, (await Assert.ThrowsAsync<RequestProblem>(() => runs.StartAsync(request with { IsTemporary = false }, default))).Status);
    }

    private async Task<StartedRun> EndAsync(StartedRun run)
    {
        await foreach (var _ in _app.Services.GetRequiredService<IRunReader>().ReadAsync(run.RunId, 0))
        {
            // Only its end matters.
        }
        return run;
    }

    private async Task AssertRefusedAsync(object body, string field)
    {
        using var response = await _client.PostAsJsonAsync("/api/runs", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(field, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
    }

    private async Task<JsonElement> RunAsync(object body)
    {
        using var response = await _client.PostAsJsonAsync("/api/runs", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<IEnumerable<string?>> ShownAsync(string conversation) =>
        (await _client.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversation}/messages"))
            .GetProperty("data").EnumerateArray().Select(m => m.GetProperty("content").GetString());

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
