using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>
/// The whole product at four widths, in light and in dark: nothing sticks out, all can be reached and hit, axe finds nothing, and the
/// screenshots of every stop stay in artifacts/screenshots.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class TourTests(BrowserFixture browser, TourSite site) : IClassFixture<TourSite>
{
    /// <summary>Every width once; with CHATAPP_TOUR=all, as in scripts/tour, each in both themes: a walk takes a minute.</summary>
    public static TheoryData<int, int, ColorScheme> Sizes
    {
        get
        {
            var sizes = new TheoryData<int, int, ColorScheme>
            {
                { 1440, 900, ColorScheme.Light }, { 820, 1180, ColorScheme.Dark }, { 390, 844, ColorScheme.Dark }, { 320, 640, ColorScheme.Light },
            };
            if (Environment.GetEnvironmentVariable("CHATAPP_TOUR") != "all")
                return sizes;
            sizes.Add(1440, 900, ColorScheme.Dark);
            sizes.Add(820, 1180, ColorScheme.Light);
            sizes.Add(390, 844, ColorScheme.Light);
            sizes.Add(320, 640, ColorScheme.Dark);
            return sizes;
        }
    }

    [ChromiumTheory]
    [MemberData(nameof(Sizes))]
    public async Task EveryStop_IsInReachAndClean(int width, int height, ColorScheme scheme)
    {
        var tour = new Tour(scheme, width, height);
        var gate = new Gate();
        site.ScriptAnswers(gate);
        var (address, email, askPath) = await site.PrepareAsync();
        await using var session = await browser.OpenAsync(address, tour.Options);
        var page = session.Page;
        await page.GotoAsync("/");
        await tour.StopAsync(session, "sign-in");
        await page.SignInAsync(email);
        await page.CircuitAsync();
        await tour.StopAsync(session, "first-look");

        await WalkThreadAsync(tour, session);
        string link = await WalkSidebarAsync(tour, session);
        await WalkComposerAsync(tour, session, gate);
        if (width == 320)
            await ZoomAsync(tour, session, height);
        await WalkDialogsAsync(tour, session);
        await WalkSettingsAsync(tour, session);

        await using var guest = await browser.OpenAsync(address, tour.Options);
        await guest.Page.GotoAsync(link);
        await guest.Page.Locator(".prose .katex").First.Should().ToBeVisibleAsync();
        await tour.StopAsync(guest, "shared");
        await guest.Page.GotoAsync(askPath);
        await guest.Page.GetByLabel("Your name").FillAsync("Dora");
        await tour.StopAsync(guest, "ask-join");
        await guest.Page.Button("Take part").ClickAsync();
        await guest.Page.CircuitAsync();
        await SendAsync(guest.Page, "The reviews: they wait for days.");
        await guest.Page.Answer().Should().ToContainTextAsync("reviews");
        await tour.StopAsync(guest, "ask");
        tour.AssertNothingFound();
    }

    private static async Task WalkThreadAsync(Tour tour, BrowserSession session)
    {
        var page = session.Page;
        await SendAsync(page, "How do I sum the first n squares quickly?");
        await page.Button("Ask again").Should().ToBeVisibleAsync();
        await page.Locator(".code-block .hljs-keyword").First.Should().ToBeVisibleAsync();
        await page.Locator(".prose .katex").Should().ToHaveCountAsync(2);
        await page.Locator(".reasoning summary").ClickAsync();
        await tour.StopAsync(session, "answer");
        await page.Locator(".thread-scroll").EvaluateAsync("thread => thread.scrollTop = thread.scrollHeight");
        await tour.StopAsync(session, "answer-end");

        await page.Questions().HoverAsync();
        await page.Button("Edit").ClickAsync();
        await Expect(page.GetByLabel("Edit your message")).ToBeFocusedAsync();
        await tour.StopAsync(session, "edit");
        await page.GetByLabel("Edit your message").FillAsync("How do I sum the first n cubes quickly?");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.Answer().Should().ToContainTextAsync("squared");
        await page.Button("Ask again").Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "branch");
        await page.Button("Previous version").ClickAsync();
        await page.Answer().Should().ToContainTextAsync("closed form");

        foreach (var (button, name) in new[] { ("Details", "details"), ("Ask another agent", "agents"), ("Bad answer", "feedback") })
        {
            await page.Button(button).ClickAsync();
            await page.Locator("pop-up:popover-open").Should().ToBeVisibleAsync();
            await tour.StopAsync(session, name);
            await page.Keyboard.PressAsync("Escape");
            await page.Locator("pop-up").Should().ToHaveCountAsync(0);
        }
    }

    /// <returns>The address of the shared conversation.</returns>
    private static async Task<string> WalkSidebarAsync(Tour tour, BrowserSession session)
    {
        const string title = "How do I sum the first n squares quickly?";
        var page = session.Page;
        await OpenSidebarAsync(tour, page);
        await page.Row(title).Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "sidebar");
        await page.OpenMenuAsync(title);
        await tour.StopAsync(session, "row-menu");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".sidebar-find").HoverAsync();
        await page.Button("Filter").ClickAsync();
        await page.Button("Archived").Should().ToBeVisibleAsync();
        await page.GetByLabel("Search conversations").FillAsync("tokyo");
        await page.Locator(".search-hit mark").First.Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "search");
        await page.GetByLabel("Search conversations").FillAsync("");
        await page.Button("Filter").ClickAsync();
        await page.Locator(".account-button").ClickAsync();
        await tour.StopAsync(session, "account-menu");
        await page.Keyboard.PressAsync("Escape");
        await page.ChooseAsync(title, "Share…");
        await page.Button("Create link").ClickAsync();
        string link = await page.Locator(".share-link code").InnerTextAsync();
        await tour.StopAsync(session, "share");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Dialog).Should().ToHaveCountAsync(0);
        if (tour.IsNarrow)
        {
            await page.Button("Close the sidebar").ClickAsync();
            await page.Locator("#sidebar").Should().ToBeHiddenAsync();
        }
        return link;
    }

    private static async Task WalkComposerAsync(Tour tour, BrowserSession session, Gate gate)
    {
        var page = session.Page;
        foreach (var (key, name) in new[] { ("@", "composer-agents"), ("/", "composer-prompts") })
        {
            await page.Composer().FillAsync("");
            await page.Composer().PressSequentiallyAsync(key);
            await page.Locator(".composer-menu [role=option]").First.Should().ToBeVisibleAsync();
            await tour.StopAsync(session, name);
        }
        await page.Composer().FillAsync("");
        await page.Locator("[data-picker]").SetInputFilesAsync(
            [new FilePayload { Name = "chart.png", MimeType = "image/png", Buffer = TestImages.Png },
             new FilePayload { Name = "minutes-of-the-quarterly-planning.md", MimeType = "text/markdown", Buffer = "# Minutes"u8.ToArray() }]);
        await page.Locator(".composer-files .chip a").Should().ToHaveCountAsync(2);
        await page.Composer().FillAsync("Summarise these minutes and say what the chart adds to them, please.");
        await tour.StopAsync(session, "composer-files");
        await page.Locator("[data-send]").ClickAsync();
        await page.Answer().Should().ToContainTextAsync("The minutes");
        await SendAsync(page, "Then draft a reply to the team, friendly and at most four sentences long");
        await SendAsync(page, "And a title for it");
        await page.Composer().FillAsync("One more thing");
        await page.Locator(".composer-queue li").Should().ToHaveCountAsync(2);
        await tour.StopAsync(session, "queue");
        gate.Open();
        await page.Button("Try again").Should().ToBeVisibleAsync();
        await page.Composer().FillAsync("");
        await tour.StopAsync(session, "failed");
    }

    /// <summary>1280 × 1024 at 400 % is 320 × 256 (WCAG 1.4.10).</summary>
    private static async Task ZoomAsync(Tour tour, BrowserSession session, int height)
    {
        var page = session.Page;
        await page.SetViewportSizeAsync(320, 256);
        await page.Composer().FocusAsync();
        await tour.StopAsync(session, "zoom-400");
        await page.Composer().Should().ToBeInViewportAsync(new() { Ratio = 1 });
        await page.Locator("[data-send]").ScrollIntoViewIfNeededAsync();
        await page.Locator("[data-send]").Should().ToBeInViewportAsync(new() { Ratio = 0.95f });
        Assert.True(
            await page.EvaluateAsync<bool>(
                """
                () => {
                  const [bar, thread, dock] = ['.topbar', '.thread-scroll', '.composer-dock'].map(s => document.querySelector(s).getBoundingClientRect());
                  return bar.bottom <= thread.top + 1 && thread.height >= 48 && thread.bottom <= dock.top + 1;
                }
                """),
            "At 400 % the bar, the messages and the composer do not stand below each other.");
        await page.GotoAsync("/");
        await page.CircuitAsync();
        await tour.StopAsync(session, "zoom-400-first-look");
        await page.Composer().ScrollIntoViewIfNeededAsync();
        await page.Composer().Should().ToBeInViewportAsync(new() { Ratio = 1 });
        await page.SetViewportSizeAsync(320, height);
    }

    private static async Task WalkDialogsAsync(Tour tour, BrowserSession session)
    {
        var page = session.Page;
        await page.GotoAsync("/");
        await page.CircuitAsync();
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Option, new() { Name = "Helper" }).Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "palette");
        await page.Keyboard.TypeAsync("tokyo");
        await page.Locator(".palette mark").First.Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "palette-found");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog.palette").Should().ToBeHiddenAsync();
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await page.Keyboard.PressAsync("?");
        await page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" }).Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "shortcuts");
        await page.Keyboard.PressAsync("Escape");
        await page.Button("Temporary chat").ClickAsync();
        await page.GetByText("it is in no list").Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "temporary");
    }

    private static async Task WalkSettingsAsync(Tour tour, BrowserSession session)
    {
        var page = session.Page;
        foreach (string path in new[] { "profile", "usage", "data", "prompts", "shares", "keys" })
        {
            await page.GotoAsync("/account/" + path);
            await tour.StopAsync(session, "settings-" + path);
        }
        await page.GetByLabel("Name").FillAsync("Deploy script");
        await page.Button("Create key").ClickAsync();
        await page.Locator(".secret").Should().ToBeVisibleAsync();
        await tour.StopAsync(session, "settings-key-created");
        session.Expect("404");
        await page.GotoAsync("/not-found");
        await tour.StopAsync(session, "not-found");
    }

    /// <summary>By the button: Enter breaks the line where a finger types.</summary>
    private static async Task SendAsync(IPage page, string text)
    {
        await page.WaitForSelectorAsync("chat-composer:defined textarea");
        await page.Composer().FillAsync(text);
        await page.Locator("[data-send]").ClickAsync();
    }

    private static async Task OpenSidebarAsync(Tour tour, IPage page)
    {
        if (!tour.IsNarrow)
            return;
        await page.Button("Open the sidebar").ClickAsync();
        await page.Locator("#sidebar").Should().ToBeInViewportAsync();
    }
}
