using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>The list of conversations and the page at the size of a phone.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SidebarJourneyTests(BrowserFixture browser, ChatSite site)
{
    [ChromiumFact]
    public async Task Rename_TypedAtOnce_LosesNoKey()
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 2);
        var page = session.Page;
        await page.ChooseAsync("Conversation 1", "Rename");
        await page.Keyboard.TypeAsync("A better title");
        await page.Keyboard.PressAsync("Enter");
        await page.Row("A better title").Should().ToBeVisibleAsync();

        await page.ChooseAsync("Conversation 2", "Rename");
        await page.Keyboard.TypeAsync("Changed my mind");
        await page.Keyboard.PressAsync("Escape");
        await page.Row("Conversation 2").GetByRole(AriaRole.Link).Should().ToBeFocusedAsync();

        // A title that comes while the field is open is not undone by leaving it.
        await page.ChooseAsync("Conversation 2", "Rename");
        await page.EvaluateAsync(
            """
            () => {
              document.querySelector("[data-renaming] .conversation-title").textContent = "From the model";
              window.sent = 0;
              document.addEventListener("change", e => { window.sent += e.target.matches("[data-sidebar-commands]") ? 1 : 0; }, { capture: true });
            }
            """);
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => window.sent"));

        await page.ReloadAsync();
        await page.Locator(".conversation-title").Should().ToHaveTextAsync(["Conversation 2", "A better title"]);
    }

    [ChromiumTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Row_PressedWhileTheCircuitTakesThePageOver_OpensItsConversation(bool isReleasedLater)
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 2);
        var page = session.Page;
        var line = await CircuitLine.PutInAsync(page);
        line.Hold();
        await page.GotoAsync("/");
        await page.Row("Conversation 1").GetByRole(AriaRole.Link).HoverAsync();
        await page.Mouse.DownAsync();
        if (isReleasedLater)
        {
            line.Mend();
            await page.CircuitAsync();
        }
        await page.Mouse.UpAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        if (!isReleasedLater)
            line.Mend();
        await page.Locator(".topbar h1").Should().ToHaveTextAsync("Conversation 1");
        await page.CircuitAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        await page.Locator(".topbar h1").Should().ToHaveTextAsync("Conversation 1");
    }

    [ChromiumFact]
    public async Task PinArchiveDelete_AndUndo()
    {
        site.Script(s => s.Text("Hello.").Finish());
        await using var session = await site.OpenSignedInAsync(browser, conversations: 2);
        var page = session.Page;
        await page.SendAsync("Delete me");
        await page.Answer().Should().ToHaveTextAsync("Hello.");
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        string address = page.Url;

        await page.ChooseAsync("Conversation 1", "Pin");
        await page.Locator(".list-heading").Should().ToHaveTextAsync(["Pinned", "Today"]);
        await page.Locator(".conversation-title").First.Should().ToHaveTextAsync("Conversation 1");
        await page.ChooseAsync("Conversation 2", "Archive");
        await page.Row("Conversation 2").Should().ToHaveCountAsync(0);
        await page.Locator(".sidebar-find").HoverAsync();
        await page.Button("Filter").ClickAsync();
        await page.Button("Archived").ClickAsync();
        await page.Locator(".sidebar-list .conversation-title").Should().ToHaveTextAsync(["Conversation 2"]);
        await page.ChooseAsync("Conversation 2", "Take out of the archive");
        await page.Button("Filter").ClickAsync();
        await page.Row("Conversation 2").Should().ToBeVisibleAsync();

        await page.ChooseAsync("Delete me", "Delete");
        await page.Row("Delete me").Should().ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Regex("[0-9]/$"));
        await page.Button("Undo").ClickAsync();
        await page.Row("Delete me").Should().ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(address);
        await page.Answer().Should().ToHaveTextAsync("Hello.");

        // By keyboard.
        await page.Row("Delete me").GetByRole(AriaRole.Link).FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Enter");
        await page.Row("Delete me").Should().ToHaveCountAsync(0);
        session.Expect("404");
        var response = await page.GotoAsync(address);
        Assert.Equal(404, response!.Status);
        await page.GetByRole(AriaRole.Heading, new() { Name = "There is nothing here" }).Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Phone_SidebarOpensAndCloses_AndTheComposerFits()
    {
        site.Script(s => s.Text("Hello.").Finish());
        var phone = new BrowserNewContextOptions { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true };
        await using var session = await site.OpenSignedInAsync(browser, phone, conversations: 1);
        var page = session.Page;
        var sidebar = page.Locator("#sidebar");
        await sidebar.Should().Not.ToBeInViewportAsync();

        await page.Button("Open the sidebar").TapAsync();
        await sidebar.Should().ToBeInViewportAsync();
        await page.Touchscreen.TapAsync(380, 400);
        await sidebar.Should().Not.ToBeInViewportAsync();

        await page.Button("Open the sidebar").TapAsync();
        await page.Row("Conversation 1").GetByRole(AriaRole.Link).TapAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        await sidebar.Should().Not.ToBeInViewportAsync();

        // The menu above the conversation is there while the drawer that it belongs to is not.
        await page.Button("Options for this conversation").TapAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }).TapAsync();
        await page.Keyboard.TypeAsync("On the phone");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".topbar h1").Should().ToHaveTextAsync("On the phone");

        await page.Composer().Should().ToBeInViewportAsync(new() { Ratio = 1 });
        await page.Composer().FillAsync("Hello from a phone");
        await page.Button("Send").TapAsync();
        await page.Answer().Should().ToHaveTextAsync("Hello.");
        Assert.Equal(390, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }
}
