using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>What a person writes comes back as it was stored, whatever characters are in it.</summary>
public sealed class StorableTextTests
{
    [Fact]
    public void Of_AnyText_IsWhatEveryDatabaseGivesBack()
    {
        Assert.Equal("plain 🙂", StorableText.Of("plain 🙂"));
        Assert.Equal("a\uFFFDb\uFFFD", StorableText.Of("a\0b\0"));
        Assert.Equal("🙂\uFFFD", StorableText.Of("\ud83d\ude42\ude42"));
        Assert.Equal("x\uFFFD", StorableText.Of("x\ud83d"));
        Assert.Equal("\uFFFD🙂", StorableText.Of("\ud83d\ud83d\ude42"));
        Assert.Equal("", StorableText.Of(""));
        Assert.Null(StorableText.Of(null));
    }

    [Fact]
    public async Task Start_InputAndMetadataWithNul_ComeBackWhole()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("ok").Finish());

        var run = await runs.RunAsync(new { input = "a\0b", model = "p/m", metadata = new { key = "c\0d" } });

        Assert.Equal(["a\uFFFDb", "ok"], await runs.ShownAsync(run.Text("conversation_id")));
        Assert.Equal("a\uFFFDb", await TitleAsync(runs, run.Text("conversation_id")));
        var question = Guid.Parse(run.Text("user_message_id"));
        string? metadata = await runs.QueryAsync(db => db.Messages.Where(m => m.Id == question).Select(m => m.Metadata).SingleAsync());
        Assert.Equal("c\0d", JsonDocument.Parse(metadata!).RootElement.Text("key"));
    }

    // The page's door: text that no JSON of the API could carry.
    [Fact]
    public async Task Start_HalfASurrogatePair_ComesBackAsReplacement()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("ok").Finish());

        var started = await runs.App.Services.GetRequiredService<RunService>()
            .StartAsync(new RunRequest(runs.User, "a\ud83db\0") { Model = "p/m" }, default);
        await runs.EventsAsync(started.RunId.ToString());

        Assert.Equal("a\uFFFDb\uFFFD", (await runs.ShownAsync(started.ConversationId.ToString()))[0]);
    }

    [Fact]
    public async Task Title_WithNul_ComesBackWhole()
    {
        await using var runs = await RunHarness.StartAsync();
        using var created = await runs.Client.PostAsJsonAsync("/api/conversations", new { title = "a\0b" });
        string id = (await created.Content.ReadFromJsonAsync<JsonElement>()).Text("id");
        Assert.Equal("a\uFFFDb", await TitleAsync(runs, id));

        await runs.Client.PatchAsJsonAsync($"/api/conversations/{id}", new { title = "\0c" });
        Assert.Equal("\uFFFDc", await TitleAsync(runs, id));
    }

    private static async Task<string> TitleAsync(RunHarness runs, string conversation) =>
        (await runs.Client.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversation}")).Text("title");
}
