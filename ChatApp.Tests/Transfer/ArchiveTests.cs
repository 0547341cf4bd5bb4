using System.Text;
using System.Text.Json;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>What is exported comes back the same, once, and to nobody else.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private TransferHarness _transfer = null!;
    private CurrentUser _ada = null!;
    private HttpClient _client = null!;
    private Guid _conversation;

    public async Task InitializeAsync()
    {
        _transfer = await TransferHarness.StartAsync();
        (_ada, _client) = await _transfer.App.CreateCallerAsync();
        var file = await _transfer.App.Services.GetRequiredService<FileStore>().AddAsync(_ada, "pixel.png", TestImages.Png, default);
        _conversation = await _transfer.StoreRichAsync(_ada, file.Id);
    }

    public async Task DisposeAsync() => await _transfer.DisposeAsync();

    [Fact]
    public async Task Archive_IntoAFreshAccount_ComesOutTheSame()
    {
        byte[] archive = await _client.GetByteArrayAsync("/api/export");
        var (bob, other) = await _transfer.App.CreateCallerAsync();

        var (status, report) = await TransferHarness.ImportAsync(other, archive);

        Assert.Equal((200, 1, 0, 0, 1), (status, Count(report, "imported"), Count(report, "already_here"), Count(report, "refused"), Count(report, "prompts")));
        byte[] again = await other.GetByteArrayAsync("/api/export");
        Assert.Equal(TransferHarness.WithoutIds(archive), TransferHarness.WithoutIds(again));
        Assert.Equal(TransferHarness.Unzip(archive)["prompts.json"], TransferHarness.Unzip(again)["prompts.json"]);
        var (before, after) = (TransferHarness.Unzip(archive), TransferHarness.Unzip(again));
        string file = Assert.Single(before.Keys, k => k.StartsWith("files/", StringComparison.Ordinal));
        Assert.Equal(TestImages.Png, after[file]);
        Assert.Equal(1, await _transfer.QueryAsync(db => db.Files.CountAsync(f => f.OwnerId == bob.Id)));
    }

    [Fact]
    public async Task Archive_Twice_BringsNothingNew()
    {
        byte[] archive = await _client.GetByteArrayAsync("/api/export");
        var (bob, other) = await _transfer.App.CreateCallerAsync();
        await TransferHarness.ImportAsync(other, archive);

        var again = await TransferHarness.ImportAsync(other, archive);
        var home = await TransferHarness.ImportAsync(_client, archive);
        var own = await TransferHarness.ImportAsync(other, await other.GetByteArrayAsync("/api/export"));

        Assert.All([again, home, own], a => Assert.Equal((200, 0, 1, 0), (a.Status, Count(a.Body, "imported"), Count(a.Body, "already_here"), Count(a.Body, "prompts"))));
        Assert.Equal(1, await _transfer.QueryAsync(db => db.Conversations.CountAsync(c => c.OwnerId == bob.Id)));
        Assert.Equal(1, await _transfer.QueryAsync(db => db.Files.CountAsync(f => f.OwnerId == bob.Id)));
    }

    [Fact]
    public async Task Archive_SentTenTimesAtOnce_IsStoredOnce()
    {
        byte[] archive = await _client.GetByteArrayAsync("/api/export");
        var (bob, other) = await _transfer.App.CreateCallerAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TransferHarness.ImportAsync(other, archive)));

        Assert.Equal(1, answers.Where(a => a.Status == 200).Sum(a => Count(a.Body, "imported")));
        Assert.All(answers, a => Assert.True(a.Status is 200 or 409, $"{a.Status}: {a.Body}"));
        Assert.Equal(1, await _transfer.QueryAsync(db => db.Conversations.CountAsync(c => c.OwnerId == bob.Id)));
    }

    [Fact]
    public async Task Archive_OfAConversationThatWasThrownAway_BringsItBack()
    {
        byte[] archive = await _client.GetByteArrayAsync("/api/export");
        var (bob, other) = await _transfer.App.CreateCallerAsync();
        await TransferHarness.ImportAsync(other, archive);
        await _transfer.QueryAsync(db => db.Conversations.Where(c => c.OwnerId == bob.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.DeletedAt, DateTime.UnixEpoch)));

        var (_, report) = await TransferHarness.ImportAsync(other, archive);

        Assert.Equal(1, Count(report, "imported"));
        Assert.Equal(4, await _transfer.QueryAsync(db => db.Messages.CountAsync(m => m.Conversation!.OwnerId == bob.Id)));
    }

    [Fact]
    public async Task Archive_PackedAgainInAFolder_IsUnderstood()
    {
        byte[] archive = await _client.GetByteArrayAsync("/api/export");
        byte[] packed = TransferHarness.Zip([.. TransferHarness.Unzip(archive).Select(e => ($"my chats/2026/{e.Key}", e.Value))]);
        var (_, other) = await _transfer.App.CreateCallerAsync();

        var (_, report) = await TransferHarness.ImportAsync(other, packed);

        Assert.Equal(1, Count(report, "imported"));
        Assert.Equal(TransferHarness.WithoutIds(archive), TransferHarness.WithoutIds(await other.GetByteArrayAsync("/api/export")));
    }

    [Fact]
    public async Task Archive_TemporaryAndDeletedAndOthersConversations_AreNotInIt()
    {
        var (bob, _) = await _transfer.App.CreateCallerAsync();
        await _transfer.QueryAsync(async db =>
        {
            db.Conversations.AddRange(
                New(_ada.Id, temporary: true, deleted: false), New(_ada.Id, temporary: false, deleted: true), New(bob.Id, temporary: false, deleted: false));
            return await db.SaveChangesAsync();
        });

        byte[] archive = await _client.GetByteArrayAsync("/api/export");

        Assert.Equal([$"conversations/{_conversation}.json"], TransferHarness.Unzip(archive).Keys.Where(k => k.StartsWith("conversations/", StringComparison.Ordinal)));

        static Conversation New(Guid owner, bool temporary, bool deleted) => new()
        {
            Id = Guid.NewGuid(), OwnerId = owner, Title = "x", IsTemporary = temporary, DeletedAt = deleted ? DateTime.UnixEpoch : null,
            CreatedAt = DateTime.UnixEpoch, UpdatedAt = DateTime.UnixEpoch,
        };
    }

    [Fact]
    public async Task File_WhoseBytesWereChanged_IsLeftOutAndSaid()
    {
        var entries = TransferHarness.Unzip(await _client.GetByteArrayAsync("/api/export"));
        string file = entries.Keys.Single(k => k.StartsWith("files/", StringComparison.Ordinal));
        entries[file] = TestImages.Gif;
        var (bob, other) = await _transfer.App.CreateCallerAsync();

        var (_, report) = await TransferHarness.ImportAsync(other, TransferHarness.Zip([.. entries.Select(e => (e.Key, e.Value))]));

        Assert.Contains("not those that were exported", report.GetProperty("conversations")[0].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await _transfer.QueryAsync(db => db.Files.CountAsync(f => f.OwnerId == bob.Id)));
    }

    [Fact]
    public async Task Json_OfOneConversation_IsImportedAlone()
    {
        byte[] json = await _client.GetByteArrayAsync($"/api/conversations/{_conversation}/export?format=json");
        var (_, other) = await _transfer.App.CreateCallerAsync();

        var (status, report) = await TransferHarness.ImportAsync(other, json);

        Assert.Equal((200, 1), (status, Count(report, "imported")));
        Assert.Equal(4, report.GetProperty("conversations")[0].GetProperty("messages").GetInt32());
        Assert.Contains("pixel.png", report.GetProperty("conversations")[0].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_ShownBranch_HasWhatIsShownInOrder()
    {
        using var answer = await _client.GetAsync($"/api/conversations/{_conversation}/export?format=markdown");
        string text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/markdown", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("A title with signs.md", answer.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Matches("(?s)^# A \"title\".*## You\\n.*Why “so”.*- Attachment: pixel.png.*## helper\\n.*> Let me think\\..*Because\\.", text.ReplaceLineEndings("\n"));
        Assert.DoesNotContain("Half of", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_AllBranches_NumbersTheVersionsAndSaysWhatEachFollows()
    {
        string text = await _client.GetStringAsync($"/api/conversations/{_conversation}/export?format=markdown&branch=all");

        string[] headings = [.. text.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l.Trim())];
        Assert.Equal(["## You (version 1 of 2)", "## helper (version 1 of 2)", "## helper (version 2 of 2)", "## Ada (version 2 of 2)"], headings);
        Assert.Contains("_Follows: “Why “so”?", text, StringComparison.Ordinal);
        Assert.Contains("_(Failed)_", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format=pdf", "format")]
    [InlineData("format=json&branch=some", "branch")]
    public async Task Export_UnknownChoice_Is400(string query, string field)
    {
        using var answer = await _client.GetAsync($"/api/conversations/{_conversation}/export?{query}");

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(field, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Text("field"));
    }

    [Fact]
    public async Task Archive_AttachedTextThatLooksLikeAnExport_StaysAnAttachment()
    {
        var (cay, client) = await _transfer.App.CreateCallerAsync();
        byte[] decoy = Encoding.UTF8.GetBytes("""[{"mapping":{"a":{"message":{"author":{"role":"user"},"content":{"parts":["Injected"]}}}}}]""");
        var file = await _transfer.App.Services.GetRequiredService<FileStore>().AddAsync(cay, "conversations.json", decoy, default);
        await _transfer.StoreRichAsync(cay, file.Id);
        var (bob, other) = await _transfer.App.CreateCallerAsync();

        var (_, report) = await TransferHarness.ImportAsync(other, await client.GetByteArrayAsync("/api/export"));

        Assert.Equal((1, 0), (Count(report, "imported"), Count(report, "refused")));
        Assert.False(await _transfer.QueryAsync(db => db.Messages.AnyAsync(m => m.Conversation!.OwnerId == bob.Id && m.Content == "Injected")));
    }

    private static int Count(JsonElement report, string name) => report.GetProperty(name).GetInt32();
}
