using System.Text.RegularExpressions;
using ChatApp.Conversations;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>What the page does while its connection is cut, and once it is back.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ReconnectJourneyTests(BrowserFixture browser, ChatSite site)
{
    [ChromiumFact]
    public async Task EnterWhileCut_SentOnceWhenTheConnectionIsBack()
    {
        site.Script(s => s.Text("Hello again.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var (page, line) = await CuttableAsync(session);

        await line.CutAsync();
        await Notice(page).Should().ToBeVisibleAsync();
        await AssertNotInTheWayAsync(page);
        await page.Composer().FillAsync("Are you there?");
        await page.Composer().PressAsync("Enter");
        await page.GetByText("Waits for the connection").Should().ToBeVisibleAsync();
        line.Mend();

        await page.Answer().Should().ToHaveTextAsync("Hello again.");
        await page.Questions().Should().ToHaveTextAsync(["Are you there?"]);
        await page.Composer().Should().ToHaveValueAsync("");
        await Notice(page).Should().ToBeHiddenAsync();
    }

    [ChromiumFact]
    public async Task EnterWhileCutThenEdited_WaitsForTheNextEnter()
    {
        site.Script(s => s.Text("Yes.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var (page, line) = await CuttableAsync(session);
        await line.CutAsync();
        await Notice(page).Should().ToBeVisibleAsync();
        await page.Composer().FillAsync("Are you");
        await page.Composer().PressAsync("Enter");
        await page.Composer().PressSequentiallyAsync(" there?");
        line.Mend();
        await Notice(page).Should().ToBeHiddenAsync();

        await page.Composer().PressAsync("Enter");

        await page.Answer().Should().ToHaveTextAsync("Yes.");
        await page.Questions().Should().ToHaveTextAsync(["Are you there?"]);
    }

    [ChromiumFact]
    public async Task CutBetweenSendAndAcknowledgement_SentOnceAndTheComposerGoesOn()
    {
        site.Script(s => s.Text("First answer.").Finish(), s => s.Text("Second answer.").Finish(), s => s.Text("Third answer.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var (page, line) = await CuttableAsync(session);

        var acknowledged = line.KeepAcknowledgements();
        await page.SendAsync("First");
        await acknowledged;
        await line.DropAsync();

        await Expect(page.Locator("chat-composer[data-sending]")).ToHaveCountAsync(0);
        await page.Answer().Should().ToHaveTextAsync("First answer.");
        await page.Composer().Should().ToHaveValueAsync("");
        await page.SendAsync("Second");
        await page.Answer().Should().ToHaveTextAsync("Second answer.");
        await page.Questions().Should().ToHaveTextAsync(["First", "Second"]);
        await page.Locator(".conversation-row").Should().ToHaveCountAsync(1);

        await page.GotoAsync("/");
        await page.CircuitAsync();
        await page.Composer().PressSequentiallyAsync("Third");
        await page.Composer().PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("Third answer.");
        await page.Questions().Should().ToHaveTextAsync(["Third"]);
    }

    [ChromiumFact]
    public async Task Command_WhileCut_SaysThatItWasNotDone()
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 1);
        var (page, line) = await CuttableAsync(session);
        await line.CutAsync();
        await Notice(page).Should().ToBeVisibleAsync();
        await page.ChooseAsync("Conversation 1", "Pin");
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "There is no connection just now." }).Should().ToBeVisibleAsync();
        line.Mend();
        await Notice(page).Should().ToBeHiddenAsync();
        await page.ChooseAsync("Conversation 1", "Pin");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Pinned" }).Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task AnotherConversationOpenedBeforeTheAcknowledgement_NewChatIsEmpty()
    {
        site.Script(s => s.Text("Hello.").Finish());
        await using var session = await site.OpenSignedInAsync(browser, conversations: 1);
        var (page, line) = await CuttableAsync(session);
        var acknowledged = line.KeepAcknowledgements();
        await page.SendAsync("Long sent");
        await acknowledged;
        await page.Answer().Should().ToHaveTextAsync("Hello.");

        await page.Row("Conversation 1").GetByRole(AriaRole.Link).ClickAsync();
        await page.Questions().Should().ToHaveCountAsync(0);
        await page.Composer().FillAsync("For the other one");
        line.ReleaseAcknowledgements();
        await Expect(page.Locator("chat-composer[data-sending]")).ToHaveCountAsync(0);
        await page.Composer().Should().ToHaveValueAsync("For the other one");

        await page.Locator(".new-chat").ClickAsync();
        await page.GetByText("You are talking to").Should().ToBeVisibleAsync();
        await page.Composer().Should().ToHaveValueAsync("");
    }

    [ChromiumFact]
    public async Task ReloadedBeforeTheAcknowledgement_SameTextToThePickedAgent_AttachesToTheSameRun()
    {
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        await session.Page.GotoAsync("/");
        await session.Page.SignInAsync(email);
        var (page, line) = await CuttableAsync(session);
        await page.Locator(".agent-picker").ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^Demo") }).ClickAsync();
        await page.GetByPlaceholder("Message Demo").Should().ToBeVisibleAsync();

        var acknowledged = line.KeepAcknowledgements();
        await page.SendAsync("/demo tokens=3 delay=1");
        await acknowledged;
        await page.GotoAsync("/");
        await page.GetByPlaceholder("Message Demo").Should().ToHaveValueAsync("/demo tokens=3 delay=1");
        await page.Composer().PressAsync("Enter");

        await page.Answer().Should().ToHaveTextAsync("w1 w2 w3");
        await page.Questions().Should().ToHaveCountAsync(1);
        await page.Locator(".composer-problem:visible").Should().ToHaveCountAsync(0);
        Assert.Single(await app.Services.GetRequiredService<ConversationService>().ListAsync(user, 10, null, default));
    }

    [ChromiumFact]
    public async Task OfflineTenSecondsInMidAnswer_GoesOnWhereItWas()
    {
        var (middle, last) = (new Gate(), new Gate());
        site.Script(s => s.Text("One ").Wait(middle).Text("**two** ").Wait(last).Text("three.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        session.Expect("ERR_INTERNET_DISCONNECTED");
        session.Expect("Failed to");
        var (page, line) = await CuttableAsync(session);
        await page.SendAsync("Count");
        await page.Answer().Should().ToHaveTextAsync("One");

        await page.Context.SetOfflineAsync(true);
        await line.DropAsync();
        await page.EvaluateAsync("() => window.cutAt = performance.now()");
        await Notice(page).Should().ToBeVisibleAsync();
        middle.Open();
        await page.Composer().FillAsync("Typed meanwhile");
        await AssertNotInTheWayAsync(page);
        // The server must really have been alone with the circuit for so long.
        await page.WaitForFunctionAsync("() => performance.now() - window.cutAt > 10000");
        await page.Answer().Should().ToHaveTextAsync("One");
        await page.Context.SetOfflineAsync(false);

        await page.Answer().Should().ToHaveTextAsync("One two");
        await Notice(page).Should().ToBeHiddenAsync();
        last.Open();
        await page.Answer().Should().ToHaveTextAsync("One two three.");
        await page.Button("Send").Should().ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => window.cutAt > 0"), "The page is still the same one.");
        await page.Composer().Should().ToHaveValueAsync("Typed meanwhile");
        string followed = await page.Answer().InnerHTMLAsync();
        await page.ReloadAsync();
        await page.CircuitAsync();
        Assert.Equal(WithoutComments(await page.Answer().InnerHTMLAsync()), WithoutComments(followed));
    }

    [ChromiumFact]
    public async Task ServerGone_TriedAgainAfterGrowingPausesAndAtOnceWhenOnline()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        session.Expect("Failed to");
        session.Expect("ERR_FAILED");
        var (page, line) = await CuttableAsync(session);
        int attempts = 0;
        await page.RouteAsync("**/_blazor/negotiate?**", route =>
        {
            Interlocked.Increment(ref attempts);
            return route.AbortAsync();
        });

        await line.DropAsync();
        await page.EvaluateAsync("() => window.cutAt = performance.now()");
        await page.WaitForFunctionAsync("() => performance.now() - window.cutAt > 7000");
        Assert.InRange(Volatile.Read(ref attempts), 1, 6);
        await page.RunAndWaitForRequestAsync(
            () => page.EvaluateAsync("() => window.dispatchEvent(new Event('online'))"), new Regex("/_blazor/negotiate"), new() { Timeout = 2000 });

        await page.UnrouteAsync("**/_blazor/negotiate?**");
        await Notice(page).Should().ToBeHiddenAsync();
    }

    /// <summary>The session's page, anew, on a line that can be cut.</summary>
    private static async Task<(IPage Page, CircuitLine Line)> CuttableAsync(BrowserSession session)
    {
        session.Expect("Connection disconnected");
        await session.Page.CircuitAsync();
        var line = await CircuitLine.PutInAsync(session.Page);
        await session.Page.ReloadAsync();
        await session.Page.CircuitAsync();
        return (session.Page, line);
    }

    private static ILocator Notice(IPage page) => page.Locator("#components-reconnect-modal");

    private static async Task AssertNotInTheWayAsync(IPage page)
    {
        var box = (await Notice(page).BoundingBoxAsync())!;
        Assert.False(await page.EvaluateAsync<bool>(
            "({ x, y }) => document.querySelector('#components-reconnect-modal').contains(document.elementFromPoint(x, y))",
            new { x = (int)(box.X + box.Width / 2), y = (int)(box.Y + box.Height / 2) }));
        Assert.True(await page.EvaluateAsync<bool>("() => !!document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('#main')"));
    }

    // The renderer marks with them where it goes on.
    private static string WithoutComments(string html) => Regex.Replace(html, "<!--.*?-->|\\s+", "");
}
