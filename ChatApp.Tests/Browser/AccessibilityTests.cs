using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>axe-core finds nothing on any page, in light and in dark.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AccessibilityTests(BrowserFixture browser, ChatSite site)
{
    private const string Everything =
        """
        # Title

        Text with a [link](https://example.com), `code` and **strong** words.

        - [x] done
        - [ ] to do

        | Language | Since |
        |---|---:|
        | C# | 2000 |

        ```csharp
        public static int Twice(int n) => n * 2; // a line that is longer than a phone is wide, so that its block scrolls
        ```

        > A quotation.

        So $e^{i\pi} = -1$, and[^1]:

        $$
        \int_0^1 x^2 \, dx = \frac{1}{3}
        $$

        [^1]: A note.
        """;

    [ChromiumTheory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Chat_HasNoViolation(ColorScheme scheme, int width)
    {
        site.Script(s => s.Reasoning("Let me see.").Text(Everything).Finish(), s => s.Text("Half").Error("overloaded"));
        await using var session = await site.OpenSignedInAsync(browser, Options(scheme, width), conversations: 2);
        var page = session.Page;
        await page.AssertCleanAsync();
        await page.Composer().PressSequentiallyAsync("@");
        await page.Locator(".composer-menu [role=option]").First.Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();

        await page.SendAsync("Show me everything");
        await page.Button("Ask again").Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();

        await page.SendAsync("And now fail");
        await page.Button("Try again").Should().ToBeVisibleAsync();
        if (width < 820)
            await page.Button("Open the sidebar").ClickAsync();
        await page.Locator(".account-button").ClickAsync();
        await page.AssertCleanAsync();
    }

    [ChromiumTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task SidebarMenusAndDialogs_HaveNoViolation(ColorScheme scheme)
    {
        site.Script(s => s.Text("Hello.").Finish());
        await using var session = await site.OpenSignedInAsync(browser, Options(scheme, 1440), conversations: 1);
        var page = session.Page;
        await page.SendAsync("Conversation to search");
        await page.Answer().Should().ToHaveTextAsync("Hello.");
        await page.OpenMenuAsync("Conversation 1");
        await page.AssertCleanAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Share…" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("Create link").Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByLabel("Search conversations").FillAsync("hello");
        await page.Locator(".search-hit mark").Should().ToHaveTextAsync("Hello");
        await page.Button("Filter").ClickAsync();
        await page.Button("Archived").Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
        await page.GotoAsync("/account/shares");
        await page.AssertCleanAsync();
    }

    [ChromiumTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task AccountPages_HaveNoViolation(ColorScheme scheme)
    {
        await using var session = await site.OpenSignedInAsync(browser, Options(scheme, 1440));
        var page = session.Page;
        await page.GotoAsync("/account/keys");
        await page.GetByLabel("Name").FillAsync("Deploy script");
        await page.Button("Create key").ClickAsync();
        await page.Locator(".secret").Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
        await page.GotoAsync("/account/prompts");
        await page.AssertCleanAsync();
        await page.Button("Add Translate").ClickAsync();
        await page.Locator("summary", new() { HasText = "/translate" }).ClickAsync();
        await page.AssertCleanAsync();
        foreach (string path in new[] { "profile", "usage", "points", "shares", "files", "data" })
        {
            await page.GotoAsync("/account/" + path);
            await page.AssertCleanAsync();
        }
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Option, new() { Name = "Helper" }).Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog.palette").Should().ToBeHiddenAsync();
        await page.Keyboard.PressAsync("?");
        await page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" }).Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
        await page.GotoAsync("/playground");
        await page.Locator("h1").First.Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
        session.Expect("404");
        foreach (string path in new[] { "/account/denied", "/not-found", "/error" })
        {
            await page.GotoAsync(path);
            await page.AssertCleanAsync();
        }

        await using var visitor = await browser.OpenAsync((await site.GetAppAsync()).Address.ToString(), Options(scheme, 1440));
        await visitor.Page.GotoAsync("/");
        await visitor.Page.SignInAsync("nobody@example.com", "wrong");
        await visitor.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "did not work" }).Should().ToBeVisibleAsync();
        await visitor.Page.AssertCleanAsync();
    }

    [ChromiumTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Setup_HasNoViolation(ColorScheme scheme)
    {
        await using var app = await TestApp.StartAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString(), Options(scheme, 390));
        await session.Page.GotoAsync("/");
        await session.Page.Button("Create administrator").Should().ToBeVisibleAsync();
        await session.Page.AssertCleanAsync();
    }

    // Reduced motion: what is fading in has no contrast yet.
    private static BrowserNewContextOptions Options(ColorScheme scheme, int width) =>
        new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce };
}
