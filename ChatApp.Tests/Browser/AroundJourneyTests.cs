using System.Text.RegularExpressions;
using ChatApp.Conversations;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>What is around the chat: settings, moving in and out, the command palette and the shortcuts.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AroundJourneyTests(BrowserFixture browser, ChatSite site)
{
    [ChromiumFact]
    public async Task Settings_Saved_AreSeenAtOnceAndStay()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.Locator(".account-button").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await page.Button("Save name").Should().ToBeVisibleAsync();
        double usual = await SizeAsync(page);

        await page.Locator("input[name=Name]").FillAsync("Ada Lovelace");
        await page.Button("Save name").ClickAsync();
        await page.GetByText("Saved.").Should().ToBeVisibleAsync();
        await page.Locator("input[name=Picture]").SetInputFilesAsync(new FilePayload { Name = "me.png", MimeType = "image/png", Buffer = TestImages.Png });
        await page.Button("Upload picture").ClickAsync();
        await page.Locator(".portrait img").Should().ToHaveJSPropertyAsync("naturalWidth", 1);
        await page.GetByText("Dark", new() { Exact = true }).ClickAsync();
        await page.GetByText("125 %").ClickAsync();
        await page.GetByLabel("Language").SelectOptionAsync("de");
        await page.Button("Save").ClickAsync();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        // The style sheet may come after the page.
        await page.WaitForFunctionAsync("size => Math.abs(parseFloat(getComputedStyle(document.documentElement).fontSize) - size) < 0.01", usual * 1.25);
        await page.GotoAsync("/");
        await page.CircuitAsync();
        await page.Locator(".new-chat").Should().ToContainTextAsync("Neuer Chat");
        await page.Locator(".account-name").Should().ToHaveTextAsync("Ada Lovelace");
        await page.Locator(".account-button img").Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Everything_ExportedAndImported_IsThereInAnotherAccount()
    {
        site.Script(s => s.Text("Because it **is**.").Finish());
        await using var ada = await site.OpenSignedInAsync(browser);
        await ada.Page.SendAsync("Why is the sky blue?");
        await ada.Page.Button("Ask again").Should().ToBeVisibleAsync();
        await ada.Page.GotoAsync("/account/data");
        var download = await ada.Page.RunAndWaitForDownloadAsync(() => ada.Page.GetByText("Download everything").ClickAsync());
        Assert.Matches(@"^chatapp-\d{4}-\d\d-\d\d\.zip$", download.SuggestedFilename);
        string archive = await download.PathAsync();

        await using var bob = await site.OpenSignedInAsync(browser);
        var page = bob.Page;
        await page.GotoAsync("/account/data");
        await page.GetByLabel("File").SetInputFilesAsync(archive);
        await page.Button("Import").ClickAsync();
        await page.Locator(".report .figures").Should().ToContainTextAsync(new Regex("New\\s*1"));
        await page.GotoAsync("/");
        await page.CircuitAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Why is the sky blue?" }).ClickAsync();
        await page.Answer().Should().ToHaveTextAsync("Because it is.");
    }

    [ChromiumFact]
    public async Task Palette_ByKeyboardOnly_FindsOpensAndGivesTheFocusBack()
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 3);
        var page = session.Page;
        await page.Composer().FocusAsync();
        await page.Keyboard.PressAsync("Control+k");
        var field = page.GetByRole(AriaRole.Combobox, new() { Name = "Search and commands" });
        await field.Should().ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Composer().Should().ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("conversation 2");
        var option = page.GetByRole(AriaRole.Option, new() { Name = "Conversation 2", Selected = true });
        await option.Should().ToBeVisibleAsync();
        await field.Should().ToHaveAttributeAsync("aria-activedescendant", await option.GetAttributeAsync("id") ?? "");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        await page.Locator(".topbar h1").Should().ToHaveTextAsync("Conversation 2");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("zzzz");
        await page.GetByText("Nothing found.").Should().ToBeVisibleAsync();
        await field.FillAsync("dark");
        await page.GetByRole(AriaRole.Option, new() { Name = "Theme: dark", Selected = true }).Should().ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        var download = await page.RunAndWaitForDownloadAsync(async () =>
        {
            await page.Keyboard.PressAsync("Control+k");
            await page.Keyboard.TypeAsync("markdown");
            await page.Keyboard.PressAsync("Enter");
        });
        Assert.Equal("Conversation 2.md", download.SuggestedFilename);

        // In a chat the agent answers there.
        string address = page.Url;
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("helper");
        await page.GetByRole(AriaRole.Option, new() { Name = "Helper", Selected = true }).Should().ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("chat-composer")).ToHaveAttributeAsync("data-agent", "helper");
        await page.Locator("chat-composer [data-status]").Should().ToHaveTextAsync("Helper answers next.");
        await page.Composer().Should().ToBeFocusedAsync();
        await Expect(page).ToHaveURLAsync(address);

        // A message that was found is jumped to, wherever it is.
        await page.RouteAsync("**/api/search?**", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = """{"data":[{"conversation_id":"1","message_id":"2","title":"Retro","excerpt":[],"source":"ask","external_id":"k 1"}]}""",
        }));
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("retro");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "Retro" })).ToHaveAttributeAsync("data-href", "/ask/k%201?m=2");
    }

    [ChromiumFact]
    public async Task Shortcuts_DoWhatTheSheetSaysAndLeaveTypingAlone()
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 1);
        var page = session.Page;
        await page.Composer().FocusAsync();
        await page.Keyboard.TypeAsync("Really?");
        await page.Composer().Should().ToHaveValueAsync("Really?");
        var sheet = page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });
        await sheet.Should().Not.ToBeVisibleAsync();

        await page.Locator(".account-button").FocusAsync();
        await page.Keyboard.PressAsync("?");
        await sheet.Should().ToBeVisibleAsync();
        await sheet.Locator("[data-keys=palette]").Should().ToHaveTextAsync("CtrlK");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".account-button").Should().ToBeFocusedAsync();

        // A key alone can be turned off; the list still opens from the menu.
        await page.Keyboard.PressAsync("?");
        await sheet.GetByLabel("The key ? alone opens this list").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await sheet.Should().Not.ToBeVisibleAsync();
        await page.Keyboard.PressAsync("?");
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Search and commands" }).Should().ToBeFocusedAsync();
        await sheet.Should().Not.ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("shortcuts");
        await page.Keyboard.PressAsync("Enter");
        await sheet.GetByLabel("The key ? alone opens this list").CheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await sheet.Should().Not.ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Control+Shift+s");
        await page.Locator("#sidebar").Should().ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Control+Shift+s");
        await page.Locator("#sidebar").Should().ToBeVisibleAsync();
        await page.Row("Conversation 1").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        await page.Locator(".topbar h1").Should().ToHaveTextAsync("Conversation 1");
        await page.Keyboard.PressAsync("Control+Shift+o");
        await Expect(page).ToHaveURLAsync(new Regex(":\\d+/$"));
        await page.Locator(".account-button").FocusAsync();
        await page.Keyboard.PressAsync("Shift+Escape");
        await page.Composer().Should().ToBeFocusedAsync();
    }

    [ChromiumFact]
    public async Task Help_InTheMomentThePaletteCloses_OpensTheSheet()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        // Nothing here had the focus before, so the field keeps it for a moment.
        await page.GotoAsync("/account/data");
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Search and commands" }).Should().ToBeFocusedAsync();
        await page.EvaluateAsync(
            """
            () => {
              const field = document.activeElement;
              document.getElementById("palette").close();
              field.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true, cancelable: true }));
            }
            """);
        await page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" }).Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Account_Deleted_IsGone()
    {
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        await app.Services.GetRequiredService<ConversationService>().CreateAsync(user, "Secret", null, default);
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync("/account/data");
        await page.SignInAsync(email);
        // On the page behind the sign-in, not on the one that is being left.
        await page.GetByLabel("Your password").Should().ToBeVisibleAsync();
        await page.EvaluateAsync("() => localStorage.setItem('draft:x:new', '{}')");
        await page.GetByLabel("Your password").FillAsync("wrong-password");
        await page.Button("Delete my account").ClickAsync();
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "not your password" }).Should().ToBeVisibleAsync();
        Assert.Equal(1, await page.EvaluateAsync<int>("() => localStorage.length"));
        await page.GetByLabel("Your password").FillAsync(TestApp.Password);
        await page.Button("Delete my account").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));
        await page.WaitForFunctionAsync("() => localStorage.length === 0");

        await page.SignInAsync(email);
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "did not work" }).Should().ToBeVisibleAsync();
    }

    private static Task<double> SizeAsync(IPage page) => page.EvaluateAsync<double>("() => parseFloat(getComputedStyle(document.documentElement).fontSize)");
}
