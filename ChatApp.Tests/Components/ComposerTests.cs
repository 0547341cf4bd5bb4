using Bunit;
using ChatApp.Components.Chat;
using ChatApp.Data.Entities;
using Microsoft.JSInterop;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class ComposerTests : ComponentTest
{
    private readonly List<ComposedMessage> _sent = [];
    private readonly Guid _conversation = Guid.NewGuid();
    private bool _taken = true;

    [Fact]
    public async Task Send_Taken_GivesTheMessageAndItsConversation()
    {
        var composer = RenderComposer();
        string? key = await SendAsync(composer, new BrowserText("Zeile 1\nLine 2 🙂"), "new", agent: "helper");
        Assert.Equal([new ComposedMessage("Zeile 1\nLine 2 🙂", "id-1", null, "helper")], _sent);
        Assert.Equal(_conversation.ToString(), key);
    }

    [Fact]
    public async Task Send_FromAConversation_GoesThereWhateverThePageShowsNow()
    {
        var composer = RenderComposer();
        composer.Render(p => p.Add(c => c.ConversationId, Guid.NewGuid()));
        await SendAsync(composer, new BrowserText("Hello"), _conversation.ToString());
        Assert.Equal(_conversation, Assert.Single(_sent).ConversationId);
    }

    [Fact]
    public async Task Send_FromATemporaryChat_StaysTemporaryWhateverThePageShowsNow()
    {
        var composer = RenderComposer();
        composer.Render(p => p.Add(c => c.IsTemporary, true));
        Assert.Equal("temporary:new", composer.Find("chat-composer").GetAttribute("data-draft"));
        composer.Render(p => p.Add(c => c.IsTemporary, false));
        Assert.Equal($"temporary:{_conversation}", await SendAsync(composer, new BrowserText("Hello"), "temporary:new"));
        await SendAsync(composer, new BrowserText("Hello"), $"temporary:{_conversation}");
        Assert.Equal([(true, null), (true, _conversation)], _sent.Select(m => (m.IsTemporary, m.ConversationId)));
    }

    [Fact]
    public async Task Send_NotTaken_TellsTheBrowserToKeepTheText()
    {
        _taken = false;
        Assert.Null(await SendAsync(RenderComposer(), new BrowserText("Hello")));
    }

    [Fact]
    public async Task Send_LongestMessage_FitsWhateverItsScript()
    {
        string text = new('漢', 1000);
        await SendAsync(RenderComposer(), new BrowserText(text));
        Assert.Equal(text, Assert.Single(_sent).Text);
    }

    [Fact]
    public async Task Send_MoreThanTheBrowserMaySend_IsRefusedUnread()
    {
        var composer = RenderComposer();
        Assert.Null(await SendAsync(composer, new BrowserText(new string('漢', 1001))));
        Assert.Empty(_sent);
        Assert.Contains("did not arrive", composer.Find(".composer-problem[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_CutAndSentAgain_TheCutOneSaysNothing()
    {
        var composer = RenderComposer();
        var cut = new CutText();
        var first = SendAsync(composer, cut);
        Assert.NotNull(await SendAsync(composer, new BrowserText("Hello")));
        cut.Arrival.SetException(new TimeoutException());
        Assert.Null(await first);
        Assert.Empty(composer.FindAll(".composer-problem:not([hidden])"));
    }

    [Fact]
    public void Busy_OffersToStopAndToQueue()
    {
        int stops = 0;
        var composer = Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000).Add(c => c.IsBusy, true)
            .Add(c => c.LastStatus, MessageStatus.Streaming).Add(c => c.OnStop, () => stops++));
        Assert.Equal("Queue the message", composer.Find("[data-send]").GetAttribute("aria-label"));
        Assert.Contains("Enter queues", composer.Find(".composer-hint").TextContent, StringComparison.Ordinal);
        Assert.True(composer.Find("chat-composer").HasAttribute("data-busy"));
        composer.Find("[aria-label='Stop the answer']").Click();
        Assert.Equal(1, stops);
    }

    [Theory]
    [InlineData(MessageStatus.Completed, "completed")]
    [InlineData(MessageStatus.Cancelled, "cancelled")]
    [InlineData(MessageStatus.Failed, "failed")]
    public void Idle_TellsTheBrowserHowTheLastAnswerEnded(MessageStatus status, string word)
    {
        var composer = Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000).Add(c => c.LastStatus, status));
        Assert.Equal(word, composer.Find("chat-composer").GetAttribute("data-last"));
        Assert.Equal("Send", composer.Find("[data-send]").GetAttribute("aria-label"));
        Assert.Empty(composer.FindAll("[data-stop]"));
    }

    [Fact]
    public void Guest_HasNeitherFilesNorPrompts()
    {
        var composer = RenderComposer();
        Assert.False(composer.Find("chat-composer").HasAttribute("data-library"));
        Assert.Empty(composer.FindAll("[data-attach], [data-picker], [data-as-file]"));
    }

    [Fact]
    public void Agents_AreHandedToTheBrowser()
    {
        var composer = Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000).Add(c => c.Agent, "lex")
            .Add(c => c.Agents, [new ComposerAgent("lex", "Lex", null, IsBlind: true)]));
        Assert.Equal("""[{"slug":"lex","name":"Lex","description":null,"isBlind":true}]""", composer.Find("chat-composer").GetAttribute("data-agents"));
        Assert.Equal("lex", composer.Find("chat-composer").GetAttribute("data-current"));
    }

    [Fact]
    public async Task Send_WithFiles_NamesThemInOrder()
    {
        Guid[] files = [Guid.NewGuid(), Guid.NewGuid()];
        var composer = RenderComposer();
        await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText(""), "id-1", "new", null, files));
        Assert.Equal(files, Assert.Single(_sent).Files);
    }

    [Fact]
    public void Problem_IsAnnouncedBesideTheComposer()
    {
        var composer = Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000).Add(c => c.Problem, "Too many answers."));
        Assert.Contains("Too many answers.", composer.Find(".composer-problem[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversation_Changes_BrowserIsToldItsDraft()
    {
        var account = Guid.NewGuid();
        var composer = RenderComposer();
        Assert.Equal("new", composer.Find("chat-composer").GetAttribute("data-draft"));
        composer.Render(p => p.Add(c => c.ConversationId, _conversation).Add(c => c.AccountId, account).Add(c => c.PickedAgent, "helper"));
        var element = composer.Find("chat-composer");
        Assert.Equal(_conversation.ToString(), element.GetAttribute("data-draft"));
        Assert.Equal(account.ToString("n"), element.GetAttribute("data-account"));
        Assert.Equal("helper", element.GetAttribute("data-agent"));
    }

    private IRenderedComponent<Composer> RenderComposer() => Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000));

    private static Task<string?> SendAsync(IRenderedComponent<Composer> composer, IJSStreamReference text, string draft = "new", string? agent = null) =>
        composer.InvokeAsync(() => composer.Instance.SendAsync(text, "id-1", draft, agent));

    private Task<Guid?> Take(ComposedMessage message)
    {
        _sent.Add(message);
        return Task.FromResult<Guid?>(_taken ? message.ConversationId ?? _conversation : null);
    }
}
