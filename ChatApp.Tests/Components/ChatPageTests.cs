using Bunit;
using ChatApp.Agents;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The page over the real services and a real database; the provider is scripted.</summary>
public sealed class ChatPageTests : PageTest
{
    [Fact]
    public async Task Page_NewChat_GreetsAndOffersSuggestions()
    {
        await StartAsync();
        var page = Render<ChatPage>();
        page.WaitForElement(".empty h2");
        Assert.Equal(4, page.WaitForElements(".suggestions button").Count);
        Assert.Empty(page.FindAll("thread-scroller"));
        Assert.Equal("New chat", page.Find("h1").TextContent);
    }

    [Fact]
    public async Task Page_TemporaryLink_BeginsATemporaryChatWithoutServerDrafts()
    {
        await StartAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo("/?temporary=1");
        var page = Render<ChatPage>();

        Assert.Equal("true", page.WaitForElement(".temporary-toggle").GetAttribute("aria-pressed"));
        Assert.False(page.Find("chat-composer").HasAttribute("data-drafts"));
        // "New chat" is an ordinary one again.
        Services.GetRequiredService<NavigationManager>().NavigateTo("/");
        page.Render();
        page.WaitForAssertion(() => Assert.Equal("false", page.Find(".temporary-toggle").GetAttribute("aria-pressed")));
        Assert.True(page.Find("chat-composer").HasAttribute("data-drafts"));
    }

    [Fact]
    public async Task Page_WhileItLoads_ShowsNoGreeting()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var run = await AskAsync("Hi");
        bool greeted = false;
        // Each render while the conversation is read, the first one included.
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, run.ConversationId));
        page.OnMarkupUpdated += (_, _) => greeted |= page.FindAll(".empty").Count > 0;
        greeted |= page.FindAll(".empty").Count > 0;
        page.WaitForElement(".message-assistant");
        Assert.False(greeted);
    }

    [Fact]
    public async Task Page_Conversation_ShowsItsBranchAndTitle()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("**Hello.**").Finish());
        var run = await AskAsync("Hi");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, run.ConversationId));
        page.WaitForAssertion(() => Assert.Equal("Hello.", page.Find(".prose strong").TextContent));
        Assert.Equal("Hi", page.Find(".bubble").TextContent);
        Assert.Equal("Hi", page.Find("h1").TextContent);
        Assert.NotNull(page.Find("[data-send]"));
    }

    [Fact]
    public async Task Page_EmptyConversation_Greets()
    {
        await StartAsync();
        var conversation = await App.Services.GetRequiredService<ConversationService>().CreateAsync(Person, "Made over the API", null, default);
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, conversation.Id));
        page.WaitForElement(".empty h2");
        Assert.Equal("Made over the API", page.Find("h1").TextContent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Page_UnknownOrForeignConversation_IsNotFound(bool foreign)
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Secret.").Finish());
        var id = foreign ? (await AskAsync("Hi", await CreatePersonAsync())).ConversationId : Guid.NewGuid();
        var notFound = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Services.GetRequiredService<NavigationManager>().OnNotFound += (_, _) => notFound.TrySetResult();
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, id));
        await notFound.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain("Secret.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Streaming_ShowsTheTextAndStops()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("As far as this").Hang());
        var page = Render<ChatPage>();
        await SendAsync(page, "Go on");
        page.WaitForAssertion(() => Assert.Equal("As far as this", page.Find(".is-streaming").TextContent.Trim()));
        page.Find("[aria-label='Stop the answer']").Click();
        page.WaitForAssertion(() => Assert.Equal("Stopped.", page.Find(".answer-notice strong").TextContent));
        Assert.Equal("As far as this", page.Find(".prose").TextContent.Trim());
    }

    [Fact]
    public async Task Page_FailedAnswer_TriesAgainUnderTheSameQuestion()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Half").Error("overloaded"), s => s.Text("Whole.").Finish());
        var run = await AskAsync("Hi");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, run.ConversationId));
        page.WaitForElement(".retry-button").Click();
        page.WaitForAssertion(() => Assert.Equal("Whole.", page.Find(".prose").TextContent.Trim()));
        Assert.Single(page.FindAll(".message-user"));
        Assert.Single(page.FindAll(".message-assistant"));
    }

    [Fact]
    public async Task Page_BrokenAnswer_GoesOnWhereItStopped()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("One, ").Error("overloaded"), s => s.Text("two.").Finish());
        var run = await AskAsync("Count");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, run.ConversationId));
        page.WaitForElement(".continue-button").Click();
        page.WaitForAssertion(() => Assert.Equal("One, two.", page.Find(".prose").TextContent.Trim()));
        Assert.Single(page.FindAll(".message-user"));
    }

    [Fact]
    public async Task Page_NoFreePlace_SaysWhereInTheLine()
    {
        await StartAsync(("Runs:MaxConcurrentPerUser", "1"));
        Provider.Script("m", s => s.Text("Long").Hang());
        var busy = await App.Services.GetRequiredService<RunService>().StartAsync(new RunRequest(Person, "Hi"), default);
        var waiting = await App.Services.GetRequiredService<RunService>().StartAsync(new RunRequest(Person, "And"), default);
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, waiting.ConversationId));
        page.WaitForAssertion(() => Assert.Equal("Next in line.", page.Find(".waiting-reason").TextContent));
        await App.Services.GetRequiredService<RunService>().CancelAsync(Person, waiting.RunId, default);
        await App.Services.GetRequiredService<RunService>().CancelAsync(Person, busy.RunId, default);
    }

    [Fact]
    public async Task Page_TooManyRuns_SaysSoBesideTheComposer()
    {
        await StartAsync(("Runs:MaxConcurrentPerUser", "1"), ("Runs:MaxQueuedPerUser", "0"));
        Provider.Script("m", s => s.Text("Long").Hang());
        var busy = await App.Services.GetRequiredService<RunService>().StartAsync(new RunRequest(Person, "Hi"), default);
        var page = Render<ChatPage>();
        Assert.Null(await SendAsync(page, "And now?"));
        page.WaitForAssertion(() => Assert.Contains("no more fit", page.Find(".composer-problem[role=alert]").TextContent, StringComparison.Ordinal));
        await App.Services.GetRequiredService<RunService>().CancelAsync(Person, busy.RunId, default);
    }

    [Fact]
    public async Task Page_RefusalForAnotherConversation_IsNotShownHere()
    {
        await StartAsync(("Runs:MaxConcurrentPerUser", "1"), ("Runs:MaxQueuedPerUser", "0"));
        Provider.Script("m", s => s.Text("Hello.").Finish(), s => s.Text("Long").Hang());
        var shown = await AskAsync("Shown");
        var busy = await App.Services.GetRequiredService<RunService>().StartAsync(new RunRequest(Person, "Hi"), default);
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, shown.ConversationId));
        page.WaitForElement(".message-assistant");
        Assert.Null(await SendAsync(page, "From a new chat"));
        Assert.Empty(page.FindAll(".composer-problem:not([hidden])"));
        await App.Services.GetRequiredService<RunService>().CancelAsync(Person, busy.RunId, default);
    }

    [Fact]
    public async Task Page_ConversationDeletedElsewhere_LeadsToANewChat()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var run = await AskAsync("Hi");
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/c/{run.ConversationId}");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, run.ConversationId));
        page.WaitForElement(".message-assistant");
        await App.Services.GetRequiredService<ConversationEdits>().DeleteAsync(Person, run.ConversationId, default);
        page.WaitForAssertion(() => Assert.EndsWith("/", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_SentAgainAfterItMovedOn_IsTheSameMessage()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var page = Render<ChatPage>();
        string? conversation = await SendAsync(page, "Hi");
        Assert.EndsWith($"/c/{conversation}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Equal(conversation, await SendAsync(page, "Hi"));
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".message-user")));
        Assert.Empty(page.FindAll(".composer-problem:not([hidden])"));
        Assert.Single(await App.Services.GetRequiredService<ConversationService>().ListAsync(Person, 10, null, default));
    }

    [Fact]
    public async Task Page_MessageOfAnotherConversation_IsSentThereAndThePageStays()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var shown = await AskAsync("Shown");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, shown.ConversationId));
        page.WaitForElement(".message-assistant");
        string address = Services.GetRequiredService<NavigationManager>().Uri;
        string? other = await SendAsync(page, "From a new chat");
        Assert.NotEqual(shown.ConversationId.ToString(), other);
        Assert.Equal(address, Services.GetRequiredService<NavigationManager>().Uri);
        Assert.Equal("Shown", page.Find(".bubble").TextContent);
    }

    [Fact]
    public async Task Page_ServerFails_SaysNotSentAndTakesItTheNextTime()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var page = Render<ChatPage>();
        await ExecuteAsync("ALTER TABLE idempotency_keys RENAME TO gone");
        Assert.Null(await SendAsync(page, "Hi"));
        page.WaitForAssertion(() => Assert.Contains("Not sent", page.Find(".composer-problem[role=alert]").TextContent, StringComparison.Ordinal));
        await ExecuteAsync("ALTER TABLE gone RENAME TO idempotency_keys");
        Assert.NotNull(await SendAsync(page, "Hi"));
        page.WaitForAssertion(() => Assert.Equal("Hello.", page.Find(".prose").TextContent.Trim()));
        Assert.Empty(page.FindAll(".composer-problem:not([hidden])"));
    }

    [Fact]
    public async Task Page_AgentOfADraft_IsPickedUnlessItIsGone()
    {
        await StartAsync();
        await App.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent("second", new AgentSettings(Model: "p/m"), "Second"), null, default);
        var page = Render<ChatPage>();
        var composer = page.FindComponent<Composer>();
        page.WaitForAssertion(() => Assert.NotEmpty(composer.Instance.Agents));
        Assert.False(await composer.InvokeAsync(() => composer.Instance.PickAgent("gone")));
        Assert.False(page.Find("chat-composer").HasAttribute("data-agent"));
        Assert.True(await composer.InvokeAsync(() => composer.Instance.PickAgent("second")));
        Assert.Equal("second", page.Find("chat-composer").GetAttribute("data-agent"));
        Assert.Equal("Message Second", page.Find("textarea").GetAttribute("placeholder"));
    }

    /// <summary>As the composer's script does, under one message id.</summary>
    /// <returns>The conversation's id; null when the message was not taken.</returns>
    private static Task<string?> SendAsync(IRenderedComponent<ChatPage> page, string text)
    {
        var composer = page.FindComponent<Composer>();
        return composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText(text), "id-1", "new", agent: null));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Directory.GetFiles(App.DataDirectory, "*.db").Single()};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
