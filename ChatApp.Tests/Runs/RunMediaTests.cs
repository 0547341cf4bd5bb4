using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Providers;
using ChatApp.Providers.Demo;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>Images and texts that go with messages, as they reach the providers' wires.</summary>
public sealed class RunMediaTests : IAsyncLifetime
{
    private static readonly string PngUrl = "data:image/png;base64," + Convert.ToBase64String(TestImages.Png);

    private RunHarness _runs = null!;

    public Task InitializeAsync() => StartAsync(("Files:MaxPerMessage", "12"));

    private async Task StartAsync(params (string, string)[] settings)
    {
        _runs = await RunHarness.StartAsync(settings);
        await _runs.App.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("a", ProviderKind.Anthropic) { BaseUrl = _runs.Provider.AnthropicBaseUrl, ApiKey = "k", AnyModel = true }, default);
        await Agents.AddAsync(new NewAgent("tutor", new AgentSettings("", "p/m"), IsDefault: true), null, default);
        _runs.Provider.Script("m", s => s.Text("ok").Finish());
    }

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Fact]
    public async Task Image_OnOpenAIsWire_IsAnImageUrl()
    {
        string text = await AddAsync("notes.txt", Encoding.UTF8.GetBytes("Milk, eggs"));
        await SendAsync("What?", null, new { id = text }, new { url = PngUrl }, new { id = "m", url = "https://example.com/a.png?x=1&y=2" });

        var parts = Messages(Assert.Single(_runs.Provider.Requests)).Single().GetProperty("content");
        Assert.Equal(["text", "image_url", "image_url"], parts.EnumerateArray().Select(p => p.Text("type")));
        Assert.Equal("What?\n\n[notes.txt]\n```\nMilk, eggs\n```", parts[0].Text("text"));
        Assert.Equal(PngUrl, parts[1].GetProperty("image_url").Text("url"));
        Assert.Equal("https://example.com/a.png?x=1&y=2", parts[2].GetProperty("image_url").Text("url"));
    }

    [Theory]
    [InlineData("p/m")]
    [InlineData("a/m")]
    public async Task Text_OfAFile_IsFencedBySomethingThatIsNotInIt(string model)
    {
        await UseAsync(model);
        string text = await AddAsync("notes.md", Encoding.UTF8.GetBytes("````js\nx\n````\n"));
        await SendAsync("What?", null, new { id = text });
        var content = Messages(Assert.Single(_runs.Provider.Requests)).Single().GetProperty("content");
        string told = content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Concat(content.EnumerateArray().Select(p => p.Text("text")));
        Assert.Equal("What?\n\n[notes.md]\n`````\n````js\nx\n````\n`````", told);
    }

    [Fact]
    public async Task Text_TooLongForTheWindow_IsCutAndSaysSo_TheNewestFilesFirst()
    {
        await _runs.App.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("p", "small", ContextWindow: 100), default);
        _runs.Provider.Script("small", s => s.Text("ok").Finish());
        await UseAsync("p/small");
        string old = await AddAsync("old.txt", Encoding.UTF8.GetBytes(new string('o', 100)));
        string interaction = await SendAsync("First", null, new { id = old });
        string fresh = await AddAsync("fresh.txt", Encoding.UTF8.GetBytes(new string('f', 100)));
        await SendAsync("Second", interaction, new { id = fresh });

        // Half of 100 tokens, at three characters each.
        var messages = Messages(_runs.Provider.Requests[^1]);
        Assert.Equal($"First\n\n[old.txt]\n```\n{new string('o', 50)}\n```\n[Only the first 50 of its 100 characters: the whole file does not fit.]", messages[0].Text("content"));
        Assert.Equal($"Second\n\n[fresh.txt]\n```\n{new string('f', 100)}\n```", messages[^1].Text("content"));
    }

    [Fact]
    public async Task Text_Demo_SaysThatItGotItAndAnswersOnlyWhatWasAsked()
    {
        await UseAsync(DemoSeed.Address);
        string text = await AddAsync("notes.txt", Encoding.UTF8.GetBytes("/demo markdown"));
        using var answer = await PostAsync("/demo tokens=2 delay=0", null, new { id = text });
        Assert.Contains("w2", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var described = await PostAsync("", null, new { id = text });
        Assert.Contains("I got the text file notes.txt (14 characters).", await described.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_OnAnthropicsWire_IsAnImageBlock()
    {
        await UseAsync("a/m");
        await SendAsync("What?", null, new { url = PngUrl }, new { url = "https://example.com/a.png" });

        var parts = Messages(Assert.Single(_runs.Provider.Requests)).Single().GetProperty("content");
        Assert.Equal(["text", "image", "image"], parts.EnumerateArray().Select(p => p.Text("type")));
        var data = parts[1].GetProperty("source");
        Assert.Equal(("base64", "image/png", Convert.ToBase64String(TestImages.Png)), (data.Text("type"), data.Text("media_type"), data.Text("data")));
        var url = parts[2].GetProperty("source");
        Assert.Equal(("url", "https://example.com/a.png"), (url.Text("type"), url.Text("url")));
    }

    [Theory]
    [InlineData("p/m")]
    [InlineData("a/m")]
    public async Task Image_WithoutWords_ComesAlone(string model)
    {
        await UseAsync(model);
        await SendAsync("", null, new { url = PngUrl });

        Assert.Single(Messages(Assert.Single(_runs.Provider.Requests)).Single().GetProperty("content").EnumerateArray());
    }

    [Fact]
    public async Task Image_OfAnEarlierMessage_IsSentAgain()
    {
        string interaction = await SendAsync("Look", null, new { url = PngUrl });
        await SendAsync("And now?", interaction);

        var messages = Messages(_runs.Provider.Requests[^1]);
        Assert.Equal(["user", "assistant", "user"], messages.Select(m => m.Text("role")));
        Assert.Equal(PngUrl, messages[0].GetProperty("content")[1].GetProperty("image_url").Text("url"));
        Assert.Equal("And now?", messages[2].Text("content"));
        var shown = (await _runs.Client.GetFromJsonAsync<JsonElement>($"/api/conversations/{interaction}/messages")).GetProperty("data");
        Assert.Equal(("file", "image/png"), (shown[0].GetProperty("attachments")[0].Text("name"), shown[0].GetProperty("attachments")[0].Text("media_type")));
        Assert.False(shown[2].TryGetProperty("attachments", out _));
    }

    [Fact]
    public async Task Images_MoreThanARunMayHold_TheNewestAreSentAndTheModelIsToldOfTheOthers()
    {
        await _runs.DisposeAsync();
        byte[] newer = [.. TestImages.Png, 0];
        await StartAsync(("Runs:MaxImageBytes", $"{newer.Length}"));
        string interaction = await SendAsync("Look", null, new { url = PngUrl });
        await SendAsync("And now?", interaction, new { url = "data:image/png;base64," + Convert.ToBase64String(newer) });

        var messages = Messages(_runs.Provider.Requests[^1]);
        Assert.Equal("Look[file: left out, there is no room for it any more.]", string.Concat(Texts(messages[0].GetProperty("content"))));
        Assert.EndsWith(Convert.ToBase64String(newer), messages[^1].GetProperty("content")[1].GetProperty("image_url").Text("url"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? [content.GetString()!] : content.EnumerateArray().Select(p => p.Text("text"));

    [Fact]
    public async Task Images_MoreThanTen_TheNewestAreSent()
    {
        object[] images = [.. Enumerable.Range(0, 12).Select(i => (object)new { url = $"https://example.com/{i}.png" })];
        string interaction = await SendAsync("Look", null, images[..6]);
        await SendAsync("And these", interaction, images[6..]);

        var urls = Messages(_runs.Provider.Requests[^1]).Where(m => m.GetProperty("content").ValueKind == JsonValueKind.Array)
            .SelectMany(m => m.GetProperty("content").EnumerateArray()).Where(p => p.Text("type") == "image_url").Select(p => p.GetProperty("image_url").Text("url"));
        Assert.Equal(Enumerable.Range(2, 10).Select(i => $"https://example.com/{i}.png"), urls);
    }

    [Fact]
    public async Task Image_ModelThatCannotSee_IsRefusedAndLeftOutOfTheHistory()
    {
        await _runs.App.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("p", "blind", Vision: false), default);
        _runs.Provider.Script("blind", s => s.Text("ok").Finish());
        string interaction = await SendAsync("Look", null, new { url = PngUrl });
        await UseAsync("p/blind");

        using var refused = await PostAsync("Look again", interaction, new { url = PngUrl });
        Assert.Equal(400, (int)refused.StatusCode);
        await SendAsync("And now?", interaction);

        Assert.DoesNotContain("base64", _runs.Provider.Requests[^1].Body, StringComparison.Ordinal);
        Assert.Contains("An image, which you can't see.", Messages(_runs.Provider.Requests[^1])[0].Text("content"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_FallbackThatCannotSee_AnswersWithoutIt()
    {
        var models = _runs.App.Services.GetRequiredService<ProviderAdmin>();
        await models.AddModelAsync(new NewModel("p", "blind", Vision: false), default);
        await models.AddModelAsync(new NewModel("p", "sees", Fallback: "p/blind", Vision: true), default);
        _runs.Provider.Script("sees", s => s.Status(400));
        _runs.Provider.Script("blind", s => s.Text("ok").Finish());
        await UseAsync("p/sees");

        await SendAsync("Look", null, new { url = PngUrl });

        Assert.Equal(["sees", "blind"], _runs.Provider.Requests.Select(r => r.Model));
        Assert.DoesNotContain("base64", _runs.Provider.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attachments_OfTheNativeApi_AreSentAndRepeatable()
    {
        string text = await AddAsync("notes.txt", Encoding.UTF8.GetBytes("Milk"));
        object body = new { input = "What?", attachments = new object[] { new { id = text }, new { url = PngUrl } } };

        var first = await _runs.RunAsync(body, "key 1");
        var second = await _runs.RunAsync(body, "key 1");

        Assert.Equal(first.Text("id"), second.Text("id"));
        Assert.Equal(2, await _runs.QueryAsync(db => db.Files.CountAsync()));
        var parts = Messages(Assert.Single(_runs.Provider.Requests)).Single().GetProperty("content");
        Assert.Equal(["text", "image_url"], parts.EnumerateArray().Select(p => p.Text("type")));
        foreach (object bad in new object?[] { null, new { }, new { id = Guid.NewGuid() }, new { url = "ftp://x/y" }, new { url = "https://10.0.0.1/a.png" }, new { url = "data:image/png,x" } }.Select(a => new { input = "Hi", attachments = new[] { a } }))
        {
            using var refused = await _runs.SendAsync(bad);
            Assert.True((int)refused.StatusCode is 400 or 404, $"{refused.StatusCode}");
            Assert.Equal("attachments", (await refused.Content.ReadFromJsonAsync<JsonElement>()).Text("field"));
        }
    }

    [Fact]
    public async Task File_OfARefusedMessage_IsNotKept_ButOneThatWasThereIs()
    {
        object[] attachments = [new { url = PngUrl }, new { url = "data:;base64," + Convert.ToBase64String("Milk"u8) }];
        string there = await AddAsync("dot.png", TestImages.Png);

        using var native = await _runs.SendAsync(new { input = "Hi", agent = "nobody", attachments });
        using var guru = await PostAsync("Look", Guid.NewGuid().ToString(), attachments);

        Assert.Equal((404, 404), ((int)native.StatusCode, (int)guru.StatusCode));
        Assert.Equal([Guid.Parse(there)], await _runs.QueryAsync(db => db.Files.Select(f => f.Id).ToListAsync()));
    }

    [Fact]
    public async Task Attachment_WithWhiteSpaceOnly_NamesTheConversation()
    {
        string text = await AddAsync("notes.txt", Encoding.UTF8.GetBytes("Milk"));
        await _runs.RunAsync(new { input = " \n", attachments = new[] { new { id = text } } });
        Assert.Equal("notes.txt", await _runs.QueryAsync(db => db.Conversations.Select(c => c.Title).SingleAsync()));
    }

    [Fact]
    public async Task File_DeletedSince_IsANoteInTheHistory()
    {
        string image = await AddAsync("a.png", TestImages.Png);
        string interaction = await SendAsync("Look", null, new { id = image });
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await _runs.Client.DeleteAsync($"/api/files/{image}")).StatusCode);

        await SendAsync("And now?", interaction);

        Assert.Equal("Look[A file that is no longer there.]", Messages(_runs.Provider.Requests[^1])[0].Text("content"));
    }

    [Theory]
    [InlineData("notes.txt", "notes.txt")]
    [InlineData("photo.png", "Image")]
    public async Task Conversation_ThatBeginsWithAFileAlone_IsCalledByIt(string name, string title)
    {
        var id = Guid.Parse(await AddAsync(name, name.EndsWith("png", StringComparison.Ordinal) ? TestImages.Png : "Milk"u8.ToArray()));

        var run = await _runs.App.Services.GetRequiredService<RunService>().StartAsync(new RunRequest(_runs.User, "") { Attachments = [new(id, null)] }, default);

        Assert.Equal(title, await _runs.QueryAsync(db => db.Conversations.Where(c => c.Id == run.ConversationId).Select(c => c.Title).SingleAsync()));
    }

    [Fact]
    public async Task Images_TooMany_AreRefused()
    {
        using var refused = await PostAsync("Look", null, [.. Enumerable.Range(0, 13).Select(i => (object)new { url = $"https://example.com/{i}.png" })]);
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains("At most 12 files", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_Demo_SaysThatItGotOne()
    {
        await UseAsync(DemoSeed.Address);
        using var answer = await PostAsync("", null, new { url = PngUrl });
        Assert.Contains($"I got an image (image/png, {TestImages.Png.Length} bytes).", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private AgentAdmin Agents => _runs.App.Services.GetRequiredService<AgentAdmin>();

    private Task<int> UseAsync(string model) => Agents.ChangeAsync("tutor", new AgentChange { Settings = _ => new AgentSettings("", model) }, null, default);

    private async Task<string> AddAsync(string name, byte[] content) =>
        (await _runs.App.Services.GetRequiredService<FileStore>().AddAsync(_runs.User, name, content, default)).Id.ToString();

    private Task<HttpResponseMessage> PostAsync(string message, string? interaction, params object[] media) =>
        _runs.Client.PostAsJsonAsync("/api/stream/stream-conversation", new { interaction_id = interaction, message, media_files = media });

    /// <returns>The interaction.</returns>
    private async Task<string> SendAsync(string message, string? interaction, params object[] media)
    {
        using var answer = await PostAsync(message, interaction, media);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\"type\":\"complete\"", body, StringComparison.Ordinal);
        return JsonDocument.Parse(body.Split('\n').First(l => l.StartsWith("data: ", StringComparison.Ordinal))[6..]).RootElement.Text("interaction_id");
    }

    private static JsonElement[] Messages(ScriptedRequest request) => [.. request.Json.GetProperty("messages").EnumerateArray()];
}
