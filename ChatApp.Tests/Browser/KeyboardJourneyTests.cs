using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>Everything by keyboard: nothing here clicks, nor gives the focus to anything.</summary>
[Collection(BrowserCollection.Name)]
public sealed class KeyboardJourneyTests(BrowserFixture browser, ChatSite site)
{
    [ChromiumFact]
    public async Task SignInSendEditBranchFolderAndShare_WithoutAMouse()
    {
        site.Script(s => s.Text("Paris.").Finish(), s => s.Text("Berlin.").Finish());
        var (_, email) = await site.CreatePersonAsync();
        await using var session = await browser.OpenAsync((await site.GetAppAsync()).Address.ToString());
        var page = session.Page;
        var keys = page.Keyboard;
        await page.GotoAsync("/");
        await page.StepToAsync(page.GetByLabel("E-mail address"));
        await keys.TypeAsync(email);
        await keys.PressAsync("Tab");
        await keys.TypeAsync(TestApp.Password);
        await keys.PressAsync("Enter");

        await page.CircuitAsync();
        await page.Composer().Should().ToBeFocusedAsync();
        await keys.TypeAsync("The capital of France?");
        await keys.PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("Paris.");
        await page.Button("Ask again").Should().ToBeVisibleAsync();

        // Edit, and back and forth between the two versions.
        await page.StepToAsync(page.Locator(".thread-scroll"), "Shift+Tab");
        await keys.PressAsync("j");
        await page.Locator(".message-user").Should().ToBeFocusedAsync();
        await keys.PressAsync("e");
        await page.GetByLabel("Edit your message").Should().ToBeFocusedAsync();
        await keys.PressAsync("Escape");
        await page.Locator(".message-user").Should().ToBeFocusedAsync();
        await keys.PressAsync("e");
        await page.GetByLabel("Edit your message").Should().ToBeFocusedAsync();
        await keys.PressAsync("Control+A");
        await keys.TypeAsync("The capital of Germany?");
        await keys.PressAsync("Control+Enter");
        await page.Answer().Should().ToHaveTextAsync("Berlin.");
        await page.Button("Ask again").Should().ToBeVisibleAsync();
        // The new version has the focus that its editor had.
        await page.Locator(".message-user").Should().ToBeFocusedAsync();
        await keys.PressAsync("[");
        await page.Answer().Should().ToHaveTextAsync("Paris.");
        await page.Questions().Should().ToHaveTextAsync(["The capital of France?"]);
        await page.Locator(".message-user").Should().ToBeFocusedAsync();

        // Into a new folder, by the menu above the conversation.
        await page.StepToAsync(page.Button("Options for this conversation"), "Shift+Tab");
        await keys.PressAsync("Enter");
        await page.StepToAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Move to folder" }), "ArrowDown");
        await keys.PressAsync("ArrowRight");
        await page.StepToAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "New folder…" }), "ArrowDown");
        await keys.PressAsync("Enter");
        await page.GetByLabel("Name", new() { Exact = true }).Should().ToBeFocusedAsync();
        await keys.TypeAsync("Capitals");
        await keys.PressAsync("Enter");
        await page.Locator(".is-nested .conversation-title").Should().ToHaveTextAsync(["The capital of France?"]);
        await page.Locator(".rz-dialog").Should().ToHaveCountAsync(0);

        // Share, by the palette.
        await keys.PressAsync("Control+k");
        await keys.TypeAsync("share this");
        await page.GetByRole(AriaRole.Option, new() { Name = "Share this conversation", Selected = true }).Should().ToBeVisibleAsync();
        await keys.PressAsync("Enter");
        await page.StepToAsync(page.Button("Create link"));
        await keys.PressAsync("Enter");
        string link = await page.Locator(".share-link code").InnerTextAsync();
        await keys.PressAsync("Escape");
        await page.Locator(".rz-dialog").Should().ToHaveCountAsync(0);

        await page.GotoAsync(link);
        await page.Locator(".prose").Should().ToHaveTextAsync(["Paris."]);
        await Expect(page).ToHaveURLAsync(new Regex("/share/"));
    }
}
