using Bunit;
using ChatApp.Agents;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The composer of the chat page over the real services: drafts, files, agents.</summary>
public sealed class ComposerServicesTests : PageTest
{
    [Fact]
    public async Task Draft_SavedLoadedAndDeletedBySending()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish(), s => s.Text("Hello.").Finish());
        var composer = RenderComposer();

        var kept = await composer.InvokeAsync(() => composer.Instance.SaveDraftAsync(new BrowserText("Begun"), "new", "helper"));
        var found = await composer.InvokeAsync(() => composer.Instance.LoadDraftAsync("new"));
        Assert.Equal(("Begun", "helper"), (found!.Text, found.Agent));
        Assert.Equal(kept, found);

        // From the queue, while something else is being written.
        string? place = await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText("Queued"), "id-0", "new", null, [], isQueued: true));
        Assert.NotNull(place);
        Assert.NotNull(await composer.InvokeAsync(() => composer.Instance.LoadDraftAsync("new")));

        Assert.NotNull(await SendAsync(composer, "Begun"));
        Assert.Null(await composer.InvokeAsync(() => composer.Instance.LoadDraftAsync("new")));
    }

    [Fact]
    public async Task Draft_TooLongOrOfSomeoneElsesConversation_StaysInTheBrowser()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var strangers = await AskAsync("Hi", await CreatePersonAsync());
        var composer = RenderComposer();
        Assert.Null(await composer.InvokeAsync(() => composer.Instance.SaveDraftAsync(new BrowserText(new string('x', Drafts.MaxLength + 1)), "new", null)));
        Assert.Null(await composer.InvokeAsync(() => composer.Instance.SaveDraftAsync(new BrowserText("Mine"), strangers.ConversationId.ToString(), null)));
        Assert.Null(await composer.InvokeAsync(() => composer.Instance.LoadDraftAsync(strangers.ConversationId.ToString())));
    }

    [Fact]
    public async Task Files_GoWithTheMessage_ButNotSomeoneElses()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Read.").Finish());
        var files = App.Services.GetRequiredService<FileStore>();
        var own = await files.AddAsync(Person, "notes.txt", "Milk"u8.ToArray(), default);
        var strangers = await files.AddAsync(await CreatePersonAsync(), "secret.txt", "Eggs"u8.ToArray(), default);
        var page = Render<ChatPage>();
        var composer = page.FindComponent<Composer>();

        Assert.Null(await SendAsync(composer, "Read this", "id-1", strangers.Id));
        Assert.Contains("One of the files is not there", page.Find(".composer-problem[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.NotNull(await SendAsync(composer, "Read this", "id-2", own.Id));

        var shown = page.WaitForElement(".attachments a[data-open-file='notes.txt']");
        Assert.Equal("4 B", shown.QuerySelector("small")!.TextContent);
        // The page shows the message before the provider is asked.
        page.WaitForAssertion(() => Assert.Contains("Milk", Assert.Single(Provider.Requests).Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_WhileAnotherTabsAnswerIsWritten_IsLeftToTheQueueWithoutAProblem()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish(), s => s.Text("Busy").Hang());
        var first = await AskAsync("Hi");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, first.ConversationId));
        page.WaitForElement(".message-assistant");
        var runs = App.Services.GetRequiredService<ChatApp.Runs.RunService>();
        var busy = await runs.StartAsync(new(Person, "Elsewhere") { ConversationId = first.ConversationId }, default);

        var composer = page.FindComponent<Composer>();
        Assert.Null(await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText("Me too"), "id-1", first.ConversationId.ToString(), null)));

        Assert.True(page.Find("chat-composer").HasAttribute("data-busy"));
        Assert.Empty(page.FindAll(".composer-problem:not([hidden])"));
        await runs.CancelAsync(Person, busy.RunId, default);
    }

    [Fact]
    public async Task Agents_ThoseThatCannotSee_AreMarked()
    {
        await StartAsync();
        await App.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("p", "blind", Vision: false), default);
        await App.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent("mole", new AgentSettings(Model: "p/blind"), "Mole"), null, default);
        var composer = RenderComposer();
        composer.WaitForAssertion(() => Assert.NotEmpty(composer.Instance.Agents));
        var agents = composer.Instance.Agents;
        Assert.Equal([("helper", false), ("mole", true)], agents.Select(a => (a.Slug, a.IsBlind)).Where(a => a.Slug != "demo"));
    }

    private IRenderedComponent<Composer> RenderComposer() => Render<ChatPage>().FindComponent<Composer>();

    private static Task<string?> SendAsync(IRenderedComponent<Composer> composer, string text, string id = "id-1", params Guid[] files) =>
        composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText(text), id, "new", null, files));
}
