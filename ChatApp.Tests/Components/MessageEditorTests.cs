using Bunit;
using ChatApp.Components.Chat;
using Microsoft.JSInterop;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class MessageEditorTests : ComponentTest
{
    private readonly List<string> _saved = [];
    private BunitJSModuleInterop _scripts = null!;
    private bool _isTaken;

    [Fact]
    public async Task Save_TextTooLong_SaysByHowMuchAndKeepsIt()
    {
        var editor = RenderEditor(1010, new BrowserText("unread"));
        await editor.Find("form").SubmitAsync();
        Assert.Equal("This message has 1,010 characters; 1,000 can be sent at once. Shorten it by 10.", editor.Find("[role=alert]").TextContent);
        Assert.Empty(_saved);
        Assert.False(editor.Find("[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Save_TextDoesNotArrive_SaysSoAndCanBeTriedAgain()
    {
        var cut = new CutText();
        var editor = RenderEditor(5, cut);
        var saving = editor.Find("form").SubmitAsync();
        cut.Arrival.SetException(new TimeoutException());
        await saving;
        Assert.Contains("did not arrive", editor.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        Texts(new BrowserText("Again"));
        await editor.Find("form").SubmitAsync();
        Assert.Equal(["Again"], _saved);
        Assert.Empty(editor.FindAll("[role=alert]"));
    }

    [Theory]
    [InlineData("edit:1", 1)]
    [InlineData(null, 0)]
    public async Task Save_Taken_ForgetsWhatTheTabKept(string? keptAs, int times)
    {
        var editor = RenderEditor(5, new BrowserText("Again"), keptAs);
        await editor.Find("form").SubmitAsync();
        Assert.DoesNotContain(JSInterop.Invocations, i => i.Identifier == "sessionStorage.removeItem");

        _isTaken = true;
        Texts(new BrowserText("Again"));
        await editor.Find("form").SubmitAsync();
        Assert.Equal(times, JSInterop.Invocations.Count(i => i.Identifier == "sessionStorage.removeItem" && i.Arguments is ["edit:1"]));
    }

    private IRenderedComponent<MessageEditor> RenderEditor(int length, IJSStreamReference text, string? keptAs = null)
    {
        _scripts = JSInterop.SetupModule("./js/message-editor.js");
        _scripts.Setup<int>("lengthOf", _ => true).SetResult(length);
        Texts(text);
        return Render<MessageEditor>(p => p.Add(e => e.Text, "Hi").Add(e => e.KeptAs, keptAs).Add(e => e.MaxChars, 1000).Add(e => e.Save, (saved, _) =>
        {
            _saved.Add(saved);
            return Task.FromResult(_isTaken);
        }));
    }

    private void Texts(IJSStreamReference text) =>
        _scripts.Setup<IJSStreamReference>("textOf", _ => true).SetResult(text);
}
