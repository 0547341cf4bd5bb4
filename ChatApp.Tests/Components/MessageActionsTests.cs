using Bunit;
using ChatApp.Agents;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>What a reader does with messages, over the real services.</summary>
public sealed class MessageActionsTests : PageTest
{
    [Fact]
    public async Task Edit_FirstMessage_AsksBesideItAndTheSwitcherLeadsBack()
    {
        var page = await ShowAsync("One.", "Two.");
        JSInterop.SetupModule("./js/message-editor.js").Setup<Microsoft.JSInterop.IJSStreamReference>("textOf", _ => true).SetResult(new BrowserText("Better?"));
        page.Find("[data-action=edit]").Click();
        Assert.Equal("Hi", page.Find(".message-editor-text").TextContent);
        await page.Find(".message-editor").SubmitAsync();
        page.WaitForAssertion(() => Assert.Equal("Better?", page.Find(".bubble").TextContent));
        page.WaitForAssertion(() => Assert.Equal("Two.", page.Find(".prose").TextContent.Trim()));
        page.WaitForAssertion(() => Assert.Equal("2/2", page.Find(".message-user .branch-place [aria-hidden]").TextContent));
        Assert.True(page.Find("[data-action=next]").HasAttribute("disabled"));
        await page.Find("[data-action=previous]").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("One.", page.Find(".prose").TextContent.Trim()));
        Assert.Equal("Hi", page.Find(".bubble").TextContent);
    }

    [Fact]
    public async Task Edit_Cancelled_ChangesNothing()
    {
        var page = await ShowAsync("One.");
        page.Find("[data-action=edit]").Click();
        page.Find("[data-cancel]").Click();
        Assert.Equal("Hi", page.Find(".bubble").TextContent);
        Assert.Empty(page.FindAll(".message-editor"));
    }

    [Fact]
    public async Task AskAgain_TwiceAndWithAnotherAgent_GivesAnAnswerEachTime()
    {
        await StartAsync();
        await App.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent("zoe", new AgentSettings(Model: "p/m"), "Zoe"), null, default);
        var page = await ShowAsync("One.", "Two.", "Three.", "Four.");
        page.Find("[data-action=regenerate]").Click();
        page.WaitForAssertion(() => Assert.Equal("Two.", page.Find(".prose").TextContent.Trim()));
        page.WaitForAssertion(() => Assert.Equal("2/2", page.Find(".message-assistant .branch-place [aria-hidden]").TextContent));
        // Back at the first answer, the same wish is a new one.
        page.Find(".message-assistant [data-action=previous]").Click();
        page.WaitForAssertion(() => Assert.Equal("One.", page.Find(".prose").TextContent.Trim()));
        page.Find("[data-action=regenerate]").Click();
        page.WaitForAssertion(() => Assert.Equal("Three.", page.Find(".prose").TextContent.Trim()));
        // What the end of the answer still redraws may close the panel once.
        AngleSharp.Dom.IElement? zoe = null;
        page.WaitForAssertion(() =>
        {
            if (page.FindAll("pop-up").Count == 0)
                page.Find("[aria-label='Ask another agent']").Click();
            zoe = page.FindAll("pop-up .menu-item").Single(b => b.TextContent.Contains("Zoe", StringComparison.Ordinal));
        });
        zoe!.Click();
        page.WaitForAssertion(() => Assert.Equal("Four.", page.Find(".prose").TextContent.Trim()));
        Assert.Contains("Zoe", page.Find(".message-assistant .message-author").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("pop-up"));
    }

    [Fact]
    public async Task Rate_PressedAgain_IsTakenBack()
    {
        var page = await ShowAsync("One.");
        page.Find("[data-action=good]").Click();
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=good]").GetAttribute("aria-pressed")));
        Assert.Equal([true], await OpinionsAsync());
        page.Find("[data-action=bad]").Click();
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=bad]").GetAttribute("aria-pressed")));
        Assert.Equal("false", page.Find("[data-action=good]").GetAttribute("aria-pressed"));
        Assert.Equal([false], await OpinionsAsync());
        // As the browser does: one panel at a time, and none after a click elsewhere.
        page.Find("pop-up").TriggerEvent("onclose", EventArgs.Empty);
        page.Find("pop-up").TriggerEvent("onclose", EventArgs.Empty);
        page.Find("[data-action=bad]").Click();
        page.WaitForAssertion(() => Assert.Equal("false", page.Find("[data-action=bad]").GetAttribute("aria-pressed")));
        Assert.Empty(await OpinionsAsync());
    }

    [Fact]
    public async Task Details_Opened_TellHowTheAnswerCameToBe()
    {
        var page = await ShowAsync("One.");
        page.Find("[data-action=details]").Click();
        var details = page.WaitForElement(".details");
        Assert.Contains("Helper · revision 1", details.TextContent, StringComparison.Ordinal);
        Assert.Contains("10 in, 5 out", details.TextContent, StringComparison.Ordinal);
        Assert.Contains("p/m", details.TextContent, StringComparison.Ordinal);
    }

    /// <summary>The page with the first of these answers.</summary>
    private async Task<IRenderedComponent<ChatPage>> ShowAsync(params string[] answers)
    {
        if (App is null)
            await StartAsync();
        Provider.Script("m", [.. answers.Select(a => (Func<Infrastructure.ScriptedAnswer, Infrastructure.ScriptedAnswer>)(s => s.Text(a).Finish()))]);
        var run = await AskAsync("Hi");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, run.ConversationId));
        page.WaitForElement(".message-assistant .message-actions");
        return page;
    }

    private async Task<List<bool>> OpinionsAsync()
    {
        await using var db = await App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return await db.MessageFeedback.Select(f => f.IsGood).ToListAsync();
    }
}
