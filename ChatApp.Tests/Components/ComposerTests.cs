using System.Text;
using Bunit;
using ChatApp.Components.Chat;
using Microsoft.JSInterop;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class ComposerTests : ComponentTest
{
    private readonly List<(string Text, string Id)> _sent = [];
    private bool _taken = true;

    [Fact]
    public async Task Send_Taken_GivesTheTextAndTheDraftsKey()
    {
        var composer = RenderComposer();
        string? key = await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText("Zeile 1\nLine 2 🙂"), "id-1"));
        Assert.Equal([("Zeile 1\nLine 2 🙂", "id-1")], _sent);
        Assert.Equal("new", key);
    }

    [Fact]
    public async Task Send_NotTaken_TellsTheBrowserToKeepTheText()
    {
        _taken = false;
        var composer = RenderComposer();
        Assert.Null(await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText("Hello"), "id-1")));
    }

    [Fact]
    public async Task Send_LongestMessage_FitsWhateverItsScript()
    {
        var composer = RenderComposer();
        string text = new('漢', 1000);
        await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText(text), "id-1"));
        Assert.Equal(text, Assert.Single(_sent).Text);
    }

    [Fact]
    public async Task Send_MoreThanTheBrowserMaySend_IsRefusedUnread()
    {
        var composer = RenderComposer();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText(new string('漢', 1001)), "id-1")));
        Assert.Empty(_sent);
    }

    [Fact]
    public void Busy_OffersToStopInsteadOfToSend()
    {
        int stops = 0;
        var composer = Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000).Add(c => c.IsBusy, true).Add(c => c.OnStop, () => stops++));
        Assert.Empty(composer.FindAll("[data-send]"));
        Assert.True(composer.Find("chat-composer").HasAttribute("data-busy"));
        composer.Find("[aria-label='Stop the answer']").Click();
        Assert.Equal(1, stops);
    }

    [Fact]
    public void Problem_IsAnnouncedBesideTheComposer()
    {
        var composer = Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000).Add(c => c.Problem, "Too many answers."));
        Assert.Contains("Too many answers.", composer.Find(".composer-problem[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void DraftKey_Changes_BrowserShowsThatDraft()
    {
        var module = JSInterop.SetupModule("./js/chat-composer.js");
        module.Mode = JSRuntimeMode.Loose;
        var composer = RenderComposer();
        composer.Render(p => p.Add(c => c.DraftKey, "abc"));
        Assert.Equal("abc", module.VerifyInvoke("show").Arguments[1]);
    }

    private IRenderedComponent<Composer> RenderComposer() => Render<Composer>(p => p.Add(c => c.Send, Take).Add(c => c.MaxChars, 1000));

    private Task<bool> Take(string text, string id)
    {
        _sent.Add((text, id));
        return Task.FromResult(_taken);
    }

    /// <summary>A text of the browser; refuses to be read beyond the limit, as the framework's does.</summary>
    private sealed class BrowserText(string text) : IJSStreamReference
    {
        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

        public long Length => _bytes.Length;

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Length, maxAllowedSize);
            return ValueTask.FromResult<Stream>(new MemoryStream(_bytes));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
