using Bunit;
using ChatApp.Agents;
using ChatApp.Components.Chat;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
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
        await page.Find("[data-action=edit]").ClickAsync();
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
        await page.Find("[data-action=edit]").ClickAsync();
        await page.Find("[data-cancel]").ClickAsync();
        Assert.Equal("Hi", page.Find(".bubble").TextContent);
        Assert.Empty(page.FindAll(".message-editor"));
    }

    [Fact]
    public async Task AskAgain_AnswerThatFollowsAnother_AnswersTheQuestionAboveBoth()
    {
        var page = await ShowAsync("One.", "Two.");
        await using (var db = await App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync())
        {
            var first = await db.Messages.SingleAsync(m => m.Role == MessageRole.Assistant);
            var second = new Message
            {
                Id = Guid.CreateVersion7(), ConversationId = first.ConversationId, ParentId = first.Id, Role = MessageRole.Assistant,
                Status = MessageStatus.Completed, Content = "One more.", CreatedAt = first.CreatedAt.AddSeconds(1),
            };
            db.Messages.Add(second);
            await db.SaveChangesAsync();
            await App.Services.GetRequiredService<MessageTree>().ShowAsync(Person, first.ConversationId, second.Id, default);
        }
        page.WaitForAssertion(() => Assert.Equal(["One.", "One more."], page.FindAll(".prose").Select(p => p.TextContent.Trim())));

        await page.FindAll("[data-action=regenerate]")[^1].ClickAsync();

        page.WaitForAssertion(() => Assert.Equal(["Two."], page.FindAll(".prose").Select(p => p.TextContent.Trim())));
        page.WaitForAssertion(() => Assert.Equal("2/2", page.Find(".message-assistant .branch-place [aria-hidden]").TextContent));
        Assert.Equal("Hi", page.Find(".bubble").TextContent);
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
        await page.WaitForElement("[aria-label='Ask another agent']").ClickAsync();
        var zoe = page.WaitForElements("pop-up .menu-item").Single(b => b.TextContent.Contains("Zoe", StringComparison.Ordinal));
        await zoe.ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Four.", page.Find(".prose").TextContent.Trim()));
        Assert.Contains("Zoe", page.Find(".message-assistant .message-author").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("pop-up"));
    }

    [Fact]
    public async Task Rate_PressedAgain_ShowsWhatWasSaidToBeChangedOrTakenBack()
    {
        var page = await ShowAsync("One.");
        await page.Find("[data-action=good]").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=good]").GetAttribute("aria-pressed")));
        Assert.Equal([(true, null)], await OpinionsAsync());
        // As the browser does: one panel at a time, and none after a click elsewhere.
        await page.Find("pop-up").TriggerEventAsync("onclose", EventArgs.Empty);
        await page.Find("[data-action=bad]").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=bad]").GetAttribute("aria-pressed")));
        Assert.Equal("false", page.Find("[data-action=good]").GetAttribute("aria-pressed"));
        await ChipAsync("Wrong");
        await ChipAsync("Too long");
        await page.Find(".feedback textarea").ChangeAsync(new() { Value = "Note: one word would do" });
        await page.Find(".feedback").SubmitAsync();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("pop-up")));
        Assert.Equal([(false, "Wrong, Too long: Note: one word would do")], await OpinionsAsync());

        await page.Find("[data-action=bad]").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal(["Wrong", "Too long"], page.FindAll(".chip[aria-pressed=true]").Select(c => c.TextContent)));
        Assert.Equal("Note: one word would do", page.Find(".feedback textarea").GetAttribute("value"));
        await ChipAsync("Wrong");
        await page.Find(".feedback").SubmitAsync();
        Assert.Equal([(false, "Too long: Note: one word would do")], await OpinionsAsync());

        await page.Find("[data-action=bad]").ClickAsync();
        await page.WaitForElement("[data-withdraw]").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("false", page.Find("[data-action=bad]").GetAttribute("aria-pressed")));
        Assert.Empty(page.FindAll("pop-up"));
        Assert.Empty(await OpinionsAsync());

        // On the dispatcher: the page that is told of the opinion may draw the panel anew between the look and the click.
        Task ChipAsync(string text) => page.InvokeAsync(() => page.FindAll(".chip").Single(c => c.TextContent == text).ClickAsync());
    }

    [Fact]
    public async Task Panel_WhenItsMessageIsRedrawn_StaysOpen()
    {
        var page = await ShowAsync("One.");
        await page.Find("[data-action=details]").ClickAsync();
        string? id = page.WaitForElement("pop-up").Id;
        // Another tab rates the answer: this page draws it anew.
        await App.Services.GetRequiredService<MessageNotes>().SetFeedbackAsync(
            Person, Guid.Parse(page.Find(".message-assistant").GetAttribute("data-message")!), new FeedbackView(true, null), default);
        page.WaitForAssertion(() => Assert.Equal("true", page.Find("[data-action=good]").GetAttribute("aria-pressed")));
        Assert.Equal(id, page.Find("pop-up").Id);
        Assert.NotNull(page.Find("pop-up .details"));
    }

    [Fact]
    public async Task Question_WithoutAnAnswer_CanBeAnsweredNow()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("One.").Finish());
        var conversation = await App.Services.GetRequiredService<ConversationService>().CreateAsync(Person, "Imported", null, default);
        await using (var db = await App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync())
        {
            var question = new Message { Id = Guid.NewGuid(), ConversationId = conversation.Id, Role = MessageRole.User, Status = MessageStatus.Completed, Content = "Why?" };
            db.Messages.Add(question);
            await db.SaveChangesAsync();
            await db.Conversations.Where(c => c.Id == conversation.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.ActiveLeafId, question.Id));
        }
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, conversation.Id));
        await page.WaitForElement(".retry-button").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("One.", page.Find(".prose").TextContent.Trim()));
        Assert.Equal(["Why?"], page.FindAll(".bubble").Select(b => b.TextContent));
        page.WaitForAssertion(() => Assert.NotNull(page.Find(".message-assistant .message-actions")));
        Assert.Empty(page.FindAll(".retry-button"));
    }

    [Fact]
    public async Task Share_OfAnAnswer_EndsThere()
    {
        var page = await ShowAsync("One.");
        var opened = new TaskCompletionSource<Dictionary<string, object?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Services.GetRequiredService<DialogService>().OnOpen += (_, _, parameters, _) => opened.SetResult(parameters);
        page.Find("[data-action=share]").Click();
        var parameters = await opened.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var answer = Guid.Parse(page.Find(".message-assistant").GetAttribute("data-message")!);
        await AskMoreAsync(page, "And then?");

        var dialog = Render<ShareDialog>(p => p
            .Add(d => d.ConversationId, (Guid)parameters["ConversationId"]!).Add(d => d.UpTo, (Guid?)parameters["UpTo"]).Add(d => d.Caller, Person));
        await dialog.Find(".button-primary").ClickAsync();
        string path = new Uri(dialog.WaitForElement(".share-link code").TextContent).AbsolutePath;
        var seen = (await App.Services.GetRequiredService<Sharing>().FindAsync(path.Split('/')[^1], default))!;
        Assert.Equal(answer, seen.Messages[^1].Id);
        Assert.Equal(["Hi", "One."], seen.Messages.Select(m => m.Content));
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

    private async Task AskMoreAsync(IRenderedComponent<ChatPage> page, string question)
    {
        Provider.Script("m", s => s.Text("More.").Finish());
        var conversation = page.Instance.ConversationId;
        await App.Services.GetRequiredService<RunService>().StartAsync(new RunRequest(Person, question) { ConversationId = conversation }, default);
        page.WaitForAssertion(() => Assert.Equal("More.", page.FindAll(".prose")[^1].TextContent.Trim()));
    }

    private async Task<List<(bool, string?)>> OpinionsAsync()
    {
        await using var db = await App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return (await db.MessageFeedback.ToListAsync()).ConvertAll(f => (f.IsGood, f.Reason));
    }
}
