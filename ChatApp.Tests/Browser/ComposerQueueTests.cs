using System.Text.RegularExpressions;
using ChatApp.Data;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>What is sent while an answer is being written.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ComposerQueueTests(BrowserFixture browser, ChatSite site)
{
    // As a tab does while it sends.
    private const string HoldQueue =
        """
        () => new Promise(held => {
          const name = Object.keys(localStorage).find(name => name.endsWith(":queue"));
          navigator.locks.request(name, () => { held(); return new Promise(done => { window.release = done; }); });
        })
        """;

    private const string FillStorage =
        """
        () => {
          for (let size = 4_000_000, i = 0; size >= 1; size = Math.floor(size / 2))
            try { for (;;) localStorage.setItem(`full${i++}`, "x".repeat(size)); } catch { }
        }
        """;

    [ChromiumFact]
    public async Task SentWhileAnswering_WaitsOverAReload_AndGoesOutInOrderOnce()
    {
        var gate = new Gate();
        site.Script(s => s.Text("One").Wait(gate).Finish(), s => s.Text("Two").Finish(), s => s.Text("Three").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("first");
        await page.Answer().Should().ToHaveTextAsync("One");
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));

        await page.SendAsync("second");
        await page.SendAsync("wrong");
        await page.SendAsync("third");
        await page.Composer().FillAsync("typed");
        await page.Composer().BlurAsync();
        await page.WaitForFunctionAsync(PageSteps.IsKept, "typed");
        await Rows(page).Should().ToHaveCountAsync(3);
        await page.Button("Stop the answer").Should().ToBeVisibleAsync();
        await page.Button("Queue the message").Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
        await session.ScreenshotAsync("queue");
        await page.Button("Remove queued message: wrong").ClickAsync();

        await page.ReloadAsync();
        await page.CircuitAsync();
        await Rows(page).Locator(".queue-text").Should().ToHaveTextAsync(["second", "third"]);
        await page.Composer().Should().ToHaveValueAsync("typed");
        // A second tab has the same queue: nothing may go out twice.
        var other = await session.OpenTabAsync();
        await other.GotoAsync(page.Url);
        await other.CircuitAsync();
        await Rows(other).Should().ToHaveCountAsync(2);
        // What another tab may be sending can't be changed here any more.
        await other.EvaluateAsync(HoldQueue);
        gate.Open();
        await page.Button("Edit queued message: second").Should().ToBeDisabledAsync();
        await page.Button("Remove queued message: second").Should().ToBeDisabledAsync();
        await page.Button("Remove queued message: third").Should().ToBeEnabledAsync();
        await other.EvaluateAsync("() => release()");

        foreach (var tab in new[] { page, other })
        {
            await tab.Questions().Should().ToHaveTextAsync(["first", "second", "third"]);
            await tab.Answer().Should().ToHaveTextAsync("Three");
            await Rows(tab).Should().ToHaveCountAsync(0);
        }
        await page.Composer().Should().ToHaveValueAsync("typed");
        // What was sent from the queue has left the server's copy of the draft as it is.
        var app = await site.GetAppAsync();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        string place = page.Url.Split('/')[^1];
        Assert.Equal(["typed"], await db.Drafts.Where(d => d.Place == place).Select(d => d.Text).ToListAsync());
    }

    [ChromiumFact]
    public async Task Escape_ClosesTheListFirst_ThenStops_AndTheQueueWaitsForThePerson()
    {
        site.Script(s => s.Text("As far as this").Hang(), s => s.Text("Now").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("Go on");
        await page.Answer().Should().ToHaveTextAsync("As far as this");
        await page.SendAsync("Later");
        await page.Composer().PressSequentiallyAsync("@he");
        await page.Locator(".composer-menu [role=option]").First.Should().ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".composer-menu").Should().ToBeHiddenAsync();
        await page.Button("Stop the answer").Should().ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");

        await page.GetByText("Stopped.", new() { Exact = true }).Should().ToBeVisibleAsync();
        await page.GetByText("The last answer did not finish. These messages wait for you.").Should().ToBeVisibleAsync();
        await page.Questions().Should().ToHaveTextAsync(["Go on"]);
        await page.Button("Edit queued message: Later").ClickAsync();
        await page.Composer().Should().ToHaveValueAsync("Later\n\n@he");
        await Rows(page).Should().ToHaveCountAsync(0);
        await page.Composer().FillAsync("Later, edited");
        await page.Composer().PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("Now");
        await page.Questions().Should().ToHaveTextAsync(["Go on", "Later, edited"]);
    }

    [ChromiumFact]
    public async Task Queue_OfABranchThatIsNotShown_WaitsUntilItIs_AndNothingIsLostWhereItCannotBeKept()
    {
        var gate = new Gate();
        site.Script(s => s.Text("Paris").Finish(), s => s.Text("Berlin").Wait(gate).Finish(), s => s.Text("The Spree").Finish(), s => s.Text("As you say").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("France?");
        await page.Answer().Should().ToHaveTextAsync("Paris");
        await page.Button("Ask again").Should().ToBeVisibleAsync();
        await page.Questions().HoverAsync();
        await page.Button("Edit").ClickAsync();
        // The field puts the caret at its end when it opens; what is filled in before would be added to its text.
        await page.GetByLabel("Edit your message").Should().ToBeFocusedAsync();
        await page.GetByLabel("Edit your message").FillAsync("Germany?");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.Answer().Should().ToHaveTextAsync("Berlin");
        await page.SendAsync("Its river?");
        // What the browser can't keep stays in the field.
        await page.EvaluateAsync(FillStorage);
        await page.SendAsync("Sure?");
        await page.GetByText("Not queued: the browser's storage is full.").Should().ToBeVisibleAsync();
        await page.Composer().Should().ToHaveValueAsync("Sure?");
        await page.EvaluateAsync("() => Object.keys(localStorage).filter(name => name.startsWith('full')).forEach(name => localStorage.removeItem(name))");
        await page.Composer().PressAsync("Enter");
        await Rows(page).Should().ToHaveCountAsync(2);

        // The first version's answer is whole, but it is not the one that the queue waits for.
        await page.Button("Previous version").First.ClickAsync();
        await page.Answer().Should().ToHaveTextAsync("Paris");
        await page.GetByText("These messages were queued in another version of this chat.").Should().ToBeVisibleAsync();
        gate.Open();
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Answer().Should().ToHaveTextAsync("Paris");
        await page.GetByText("These messages were queued in another version of this chat.").Should().ToBeVisibleAsync();
        await Rows(page).Should().ToHaveCountAsync(2);

        await page.Button("Next version").First.ClickAsync();
        await page.Questions().Should().ToHaveTextAsync(["Germany?", "Its river?", "Sure?"]);
        await page.Answer().Should().ToHaveTextAsync("As you say");
        await Rows(page).Should().ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Enter_OfAnInputMethod_NeverSends()
    {
        site.Script(s => s.Text("はい").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.Composer().FillAsync("にほん");
        await page.Composer().EvaluateAsync(
            """
            field => {
              for (const init of [{ isComposing: true }, { keyCode: 229 }])
                field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }));
            }
            """);
        await page.Composer().PressAsync("Shift+Enter");
        await page.Composer().Should().ToHaveValueAsync("にほん\n");
        await page.Composer().PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("はい");
        await page.Questions().Should().ToHaveTextAsync(["にほん"]);
    }

    private static ILocator Rows(IPage page) => page.Locator(".composer-queue li");
}
