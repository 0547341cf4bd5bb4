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
        await page.Row("Conversation 1").HoverAsync();
        await page.Button("Rename Conversation 1").ClickAsync();
        await page.Keyboard.TypeAsync("A better title");
        await page.Keyboard.PressAsync("Enter");
        await page.Row("A better title").Should().ToBeVisibleAsync();

        await page.Row("Conversation 2").HoverAsync();
        await page.Button("Rename Conversation 2").ClickAsync();
        await page.Keyboard.TypeAsync("Changed my mind");
        await page.Keyboard.PressAsync("Escape");
        await page.Row("Conversation 2").GetByRole(AriaRole.Link).Should().ToBeFocusedAsync();

        await page.ReloadAsync();
        await page.Locator(".conversation-title").Should().ToHaveTextAsync(["Conversation 2", "A better title"]);
    }

    [ChromiumFact]
    public async Task Delete_TheShownConversation_AsksAndLeadsToANewChat()
    {
        site.Script(s => s.Text("Hello.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("Delete me");
        await page.Answer().Should().ToHaveTextAsync("Hello.");
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        string address = page.Url;

        await page.Row("Delete me").HoverAsync();
        await page.Button("Delete Delete me").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByText("Keep").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).Should().ToHaveCountAsync(0);
        await page.Row("Delete me").Should().ToBeVisibleAsync();

        await page.Row("Delete me").HoverAsync();
        await page.Button("Delete Delete me").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).Locator("button", new() { HasText = "Delete" }).ClickAsync();
        await page.Row("Delete me").Should().ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Regex("[0-9]/$"));

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

        await page.Composer().Should().ToBeInViewportAsync(new() { Ratio = 1 });
        await page.Composer().FillAsync("Hello from a phone");
        await page.Button("Send").TapAsync();
        await page.Answer().Should().ToHaveTextAsync("Hello.");
        Assert.Equal(390, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }
}
