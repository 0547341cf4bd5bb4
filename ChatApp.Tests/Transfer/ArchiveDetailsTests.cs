using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>What belongs to an answer besides its text, and to a person besides conversations, survives the way out and in.</summary>
public sealed class ArchiveDetailsTests : IAsyncLifetime
{
    private static readonly DateTime At = new(2026, 3, 4, 5, 6, 8, DateTimeKind.Utc);

    private TransferHarness _transfer = null!;
    private CurrentUser _ada = null!;
    private CurrentUser _bob = null!;
    private HttpClient _client = null!;
    private HttpClient _other = null!;
    private Guid _conversation;

    public async Task InitializeAsync()
    {
        _transfer = await TransferHarness.StartAsync();
        (_ada, _client) = await _transfer.App.CreateCallerAsync();
        (_bob, _other) = await _transfer.App.CreateCallerAsync();
        var file = await _transfer.App.Services.GetRequiredService<FileStore>().AddAsync(_ada, "pixel.png", TestImages.Png, default);
        _conversation = await _transfer.StoreRichAsync(_ada, file.Id);
        await _transfer.QueryAsync(async db =>
        {
            var answer = await db.Messages.SingleAsync(m => m.ConversationId == _conversation && m.Content == "Because.");
            var run = await db.Runs.SingleAsync(r => r.Id == answer.RunId);
            var agent = new Agent { Id = Guid.NewGuid(), Slug = "helper-2", Name = "Helper", CreatedAt = At };
            var revision = new AgentRevision { Id = Guid.NewGuid(), AgentId = agent.Id, Number = 7, Prompt = "", CreatedAt = At };
            run.AgentRevisionId = revision.Id;
            db.AddRange(agent, revision);
            db.Usage.Add(new UsageEntry
            {
                RunId = run.Id, OwnerId = _ada.Id, Agent = run.Agent, Model = run.Model, InputTokens = 100, OutputTokens = 50, CachedInputTokens = 20, ReasoningTokens = 10,
                Estimated = true, Cost = 0.0125m, Points = 3, CreatedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            });
            db.AgentCalls.Add(new AgentCall
            {
                Id = Guid.NewGuid(), Agent = "judge", Model = "p/small", Purpose = "moderation", ConversationId = _conversation, RunId = run.Id,
                Status = AgentCallStatus.Completed, InputTokens = 5, OutputTokens = 1, Estimated = true, Cost = 0.001m, CreatedAt = At, FinishedAt = At.AddSeconds(1),
            });
            answer.ToolCalls = ToolCalls.Write([new ToolCall("c1", "weather", """{"city":"Oslo"}""", "No such city", true)]);
            db.Folders.Add(new Folder { Id = Guid.NewGuid(), OwnerId = _ada.Id, Name = "Empty", CreatedAt = At });
            db.Drafts.AddRange(
                new Draft { OwnerId = _ada.Id, Place = Drafts.NewChat, Text = "A new thought", Agent = "helper", UpdatedAt = At },
                new Draft { OwnerId = _ada.Id, Place = _conversation.ToString(), Text = "And also", UpdatedAt = At });
            return await db.SaveChangesAsync();
        });
    }

    public async Task DisposeAsync() => await _transfer.DisposeAsync();

    [Fact]
    public async Task Details_OfAnImportedAnswer_AreThoseOfTheOriginal()
    {
        await ImportAsync();

        var (before, after) = (await DetailsAsync(_client, _ada), await DetailsAsync(_other, _bob));

        Assert.Equal(7, before.GetProperty("agent_revision").GetInt32());
        Assert.Equal(Known(before), Known(after));
    }

    [Fact]
    public async Task ToolCalls_OfAnImportedAnswer_AreThoseOfTheOriginal()
    {
        await ImportAsync();
        var tools = _transfer.App.Services.GetRequiredService<ToolCalls>();

        var answer = await AnswerAsync(_bob);

        Assert.Equal([new ToolCall("c1", "weather", """{"city":"Oslo"}""", "No such city", true)], await tools.ReadAsync(_bob, answer, default));
        Assert.Empty(await tools.ReadAsync(_ada, answer, default));
    }

    [Fact]
    public async Task Archive_OfAnImport_IsTheSameAgain()
    {
        byte[] archive = await ImportAsync();

        byte[] again = await _other.GetByteArrayAsync("/api/export");

        Assert.Equal(TransferHarness.WithoutIds(archive), TransferHarness.WithoutIds(again));
        Assert.Equal(TransferHarness.Unzip(archive)["library.json"], TransferHarness.Unzip(again)["library.json"]);
        Assert.Contains("And also", TransferHarness.WithoutIds(again)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_OfAnImport_CountsForNobody()
    {
        await ImportAsync();

        Assert.Equal(0, (await _other.GetFromJsonAsync<JsonElement>("/api/usage?days=30")).GetProperty("data").GetArrayLength());
        Assert.Equal(0, await _transfer.QueryAsync(db => db.Usage.CountAsync(u => u.OwnerId == _bob.Id)));
    }

    [Fact]
    public async Task Library_ThatIsThereAlready_StaysAsItIs()
    {
        await _transfer.QueryAsync(async db =>
        {
            db.Drafts.Add(new Draft { OwnerId = _bob.Id, Place = Drafts.NewChat, Text = "My own", UpdatedAt = At });
            db.Folders.Add(new Folder { Id = Guid.NewGuid(), OwnerId = _bob.Id, Name = "Empty", CreatedAt = At.AddDays(1) });
            return await db.SaveChangesAsync();
        });

        await ImportAsync();

        Assert.Equal("My own", await _transfer.QueryAsync(db => db.Drafts.Where(d => d.OwnerId == _bob.Id && d.Place == Drafts.NewChat).Select(d => d.Text).SingleAsync()));
        Assert.Equal(["Empty", "Work"], await _transfer.QueryAsync(db => db.Folders.Where(f => f.OwnerId == _bob.Id).OrderBy(f => f.Name).Select(f => f.Name).ToListAsync()));
    }

    [Fact]
    public async Task Json_OfOneConversation_HasNoDraft() =>
        Assert.DoesNotContain("And also", await _client.GetStringAsync($"/api/conversations/{_conversation}/export?format=json"), StringComparison.Ordinal);

    private async Task<byte[]> ImportAsync()
    {
        byte[] archive = await _client.GetByteArrayAsync("/api/export");
        var (status, report) = await TransferHarness.ImportAsync(_other, archive);
        Assert.True(status == 200 && report.GetProperty("imported").GetInt32() == 1, report.GetRawText());
        return archive;
    }

    private Task<Guid> AnswerAsync(CurrentUser owner) =>
        _transfer.QueryAsync(db => db.Messages.Where(m => m.Conversation!.OwnerId == owner.Id && m.Content == "Because.").Select(m => m.Id).SingleAsync());

    private async Task<JsonElement> DetailsAsync(HttpClient client, CurrentUser owner) =>
        await client.GetFromJsonAsync<JsonElement>($"/api/messages/{await AnswerAsync(owner)}/details");

    private static string Known(JsonElement details) =>
        string.Join('\n', details.EnumerateObject().Where(p => p.Name is not ("id" or "run_id")).Select(p => $"{p.Name}: {p.Value.GetRawText()}"));
}
