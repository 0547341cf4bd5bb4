using System.Text.RegularExpressions;
using ChatApp.Conversations;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>What the composer has besides its text: prompts, agents, files, drafts, links.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ComposerLibraryTests(BrowserFixture browser, ChatSite site)
{
    private const string PasteText =
        """
        (field, text) => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """;

    private const string PasteImage =
        """
        (field, base64) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], 'shot.png', { type: 'image/png' }));
          field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """;

    private const string Drag =
        """
        (chat, [type, name, mediaType]) => {
          const data = new DataTransfer();
          data.items.add(new File(['Milk, eggs'], name, { type: mediaType }));
          chat.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
        """;

    private const string Places =
        """
        window.places = [];
        new MutationObserver(() => {
          const place = document.querySelector("chat-composer")?.dataset.draft;
          if (place && place !== places.at(-1)) places.push(place);
        }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-draft"] });
        """;

    [ChromiumFact]
    public async Task Prompt_WithPlaces_IsMadeThenCalledThenFilledIn()
    {
        site.Script(s => s.Text("Bonjour.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.Composer().PressSequentiallyAsync("/");
        await page.GetByText("No prompts yet").Should().ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Manage prompts" }).ClickAsync();
        await page.Button("Add Translate").ClickAsync();
        await page.Locator(".prompt-list li").Should().ToHaveCountAsync(1);
        await page.Locator("main").GetByLabel("Name").Last.FillAsync("Again");
        await page.Locator("main").GetByLabel("Command").Last.FillAsync("translate");
        await page.Locator("main").GetByLabel("Text").Last.FillAsync("{{length}}, {{item}}, {{requestSubmit|last}}");
        await page.Button("Save prompt").ClickAsync();
        await page.GetByText("There is a prompt /translate already.").Should().ToBeVisibleAsync();
        await page.Locator("main").GetByLabel("Command").Last.FillAsync("again");
        await page.Button("Save prompt").ClickAsync();
        await page.Locator(".prompt-list li").Should().ToHaveCountAsync(2);

        await page.GotoAsync("/");
        await page.CircuitAsync();
        await page.Composer().FillAsync("");
        await page.Composer().PressSequentiallyAsync("/aga");
        await page.Locator(".composer-menu [role=option]").Should().ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Length").FillAsync("Long");
        await page.GetByLabel("Item").FillAsync("second");
        await page.Keyboard.PressAsync("Enter");
        await page.Composer().Should().ToHaveValueAsync("Long, second, last");
        await page.Composer().FillAsync("");
        await page.Composer().PressSequentiallyAsync("/tra");
        await page.Locator(".composer-menu [role=option]").Should().ToHaveTextAsync(["Translate/translate"]);
        await page.Composer().Should().ToHaveAttributeAsync("aria-activedescendant", "composer-option-0");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Language").Should().ToHaveValueAsync("English");
        await page.GetByLabel("Language").Should().ToBeFocusedAsync();
        await page.AssertCleanAsync();
        await session.ScreenshotAsync("prompt-form");
        await page.Keyboard.TypeAsync("French");
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Good day, {{language}}");
        await page.Keyboard.PressAsync("Enter");

        await page.Composer().Should().ToHaveValueAsync("Translate into French. Keep the tone and the formatting.\n\nGood day, {{language}}");
        await page.Composer().Should().ToBeFocusedAsync();
        await page.Composer().PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("Bonjour.");

        await page.Composer().PressSequentiallyAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Manage prompts" }).ClickAsync();
        await page.Locator("summary", new() { HasText = "/again" }).ClickAsync();
        await page.Button("Delete Again").ClickAsync();
        await page.Locator(".prompt-list li").Should().ToHaveCountAsync(1);
    }

    [ChromiumFact]
    public async Task Files_PastedAndDropped_ArePreviewedKeptOverAReloadAndSent()
    {
        site.Script(s => s.Text("Seen.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        var chips = page.Locator(".composer-files .chip a");
        await page.Composer().EvaluateAsync(PasteText, string.Concat(Enumerable.Repeat("0123456789", 100_000)));
        await chips.Should().ToHaveCountAsync(1);
        await page.Composer().EvaluateAsync(PasteImage, Convert.ToBase64String(TestImages.Png));
        await chips.Should().ToHaveCountAsync(2);
        await page.Locator(".chat").EvaluateAsync(Drag, new[] { "dragover", "notes.md", "text/markdown" });
        await page.GetByText("Drop images and text files here").Should().ToBeVisibleAsync();
        await page.Locator(".chat").EvaluateAsync(Drag, new[] { "drop", "notes.md", "text/markdown" });
        await page.GetByText("Drop images and text files here").Should().ToBeHiddenAsync();
        await chips.Should().ToHaveCountAsync(3);
        await page.Locator(".chat").EvaluateAsync(Drag, new[] { "drop", "report.pdf", "application/pdf" });
        await page.GetByText("report.pdf can't be attached").Should().ToBeVisibleAsync();
        await page.Composer().FillAsync("What is this?");
        await page.AssertCleanAsync();
        await session.ScreenshotAsync("attachments");

        await page.ReloadAsync();
        await page.CircuitAsync();
        await chips.Locator(".chip-text").Should().ToHaveTextAsync(["pasted.txt977 KB", $"shot.png{TestImages.Png.Length} B", "notes.md10 B"]);
        await page.Composer().Should().ToHaveValueAsync("What is this?");
        await page.Button("Remove notes.md").ClickAsync();
        await page.Composer().PressAsync("Enter");

        await page.Answer().Should().ToHaveTextAsync("Seen.");
        await page.Questions().Should().ToHaveTextAsync(["What is this?"]);
        await chips.Should().ToHaveCountAsync(0);
        await page.Locator(".attachments img[alt='shot.png']").Should().ToHaveJSPropertyAsync("complete", true);
        await page.Locator(".attachments a", new() { HasText = "pasted.txt" }).ClickAsync();
        await page.Locator("dialog.file-viewer pre").Should().ToContainTextAsync("0123456789");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog.file-viewer").Should().ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Draft_IsFoundInAnotherBrowserAndTab_OfTwoChangedBothStand_AndSendingDeletesIt()
    {
        site.Script(s => s.Text("Sent.").Finish());
        var app = await site.GetAppAsync();
        var (_, email) = await site.CreatePersonAsync();
        await using var here = await browser.OpenAsync(app.Address.ToString());
        await using var there = await browser.OpenAsync(app.Address.ToString());
        await here.Page.GotoAsync("/");
        await here.Page.SignInAsync(email);
        await here.Page.CircuitAsync();
        await here.Page.Composer().FillAsync("Begun here");
        await here.Page.Composer().BlurAsync();
        await here.Page.WaitForFunctionAsync(PageSteps.IsKept, "Begun here");

        await there.Page.GotoAsync("/");
        await there.Page.SignInAsync(email);
        await there.Page.Composer().Should().ToHaveValueAsync("Begun here");
        await there.Page.Composer().FillAsync("Begun here, done there");
        await there.Page.Composer().BlurAsync();
        await there.Page.WaitForFunctionAsync(PageSteps.IsKept, "Begun here, done there");
        await LookAgainAsync(here.Page);
        await here.Page.Composer().Should().ToHaveValueAsync("Begun here, done there");

        // Changed in both: whose clock is right nobody knows.
        await there.Page.Composer().FillAsync("Changed there");
        await there.Page.Composer().BlurAsync();
        await there.Page.WaitForFunctionAsync(PageSteps.IsKept, "Changed there");
        await here.Page.Composer().EvaluateAsync(
            """
            field => {
              Date.now = () => 0;
              field.value = "Changed here";
              field.dispatchEvent(new Event("input", { bubbles: true }));
              document.dispatchEvent(new Event("visibilitychange"));
            }
            """);
        await here.Page.Composer().Should().ToHaveValueAsync("Changed here\n\nChanged there");
        await here.Page.WaitForFunctionAsync(PageSteps.IsKept, "Changed here\n\nChanged there");
        await LookAgainAsync(there.Page);
        await there.Page.Composer().Should().ToHaveValueAsync("Changed here\n\nChanged there");

        await there.Page.Composer().PressAsync("Enter");
        await there.Page.Answer().Should().ToHaveTextAsync("Sent.");
        // The draft goes between the beginning of the answer and the acknowledgement.
        await Expect(there.Page.Locator("chat-composer[data-sending]")).ToHaveCountAsync(0);
        await LookAgainAsync(here.Page);
        await here.Page.Composer().Should().ToHaveValueAsync("");

        // Two tabs of one browser have one draft.
        var tab = await here.OpenTabAsync();
        await tab.GotoAsync("/");
        await tab.CircuitAsync();
        await here.Page.Composer().FillAsync("In one tab");
        await tab.Composer().Should().ToHaveValueAsync("In one tab");
        await tab.Composer().FillAsync("In the other");
        await here.Page.Composer().Should().ToHaveValueAsync("In the other");
        // What one of them could not keep is not replaced.
        await here.Page.EvaluateAsync("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }");
        await here.Page.Composer().FillAsync("Mine");
        await tab.Composer().FillAsync("Yours");
        await here.Page.Composer().Should().ToHaveValueAsync("Mine\n\nYours");
    }

    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Draft_SentAtOnce_IsNotKept(bool byKey)
    {
        site.Script(s => s.Text("Sent.").Finish());
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.AddInitScriptAsync(Places);
        await page.GotoAsync("/");
        await page.SignInAsync(email);
        await page.CircuitAsync();
        await page.Composer().FillAsync("What I send");
        if (byKey)
            await page.Composer().PressAsync("Enter");
        else
            await page.Button("Send").ClickAsync();
        await page.Answer().Should().ToHaveTextAsync("Sent.");
        await page.Button("Ask again").Should().ToBeVisibleAsync();

        // What the server is told, it is told in order.
        await page.Composer().FillAsync("What I write next");
        await page.Composer().BlurAsync();
        await page.WaitForFunctionAsync(PageSteps.IsKept, "What I write next");
        Assert.Null(await app.Services.GetRequiredService<Drafts>().FindAsync(user, "new", default));

        // Neither the first nor any other rendering takes the conversation for a new chat.
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Composer().Should().ToHaveValueAsync("What I write next");
        Assert.Equal([page.Url.Split('/')[^1]], await page.EvaluateAsync<string[]>("() => places"));
    }

    [ChromiumFact]
    public async Task Link_FillsAndNeverSends()
    {
        site.Script(s => s.Text("Once.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.GotoAsync("/?q=Tell%20me%20more&agent=helper");
        await page.CircuitAsync();
        await page.Composer().Should().ToHaveValueAsync("Tell me more");
        await Expect(page.Locator("chat-composer")).ToHaveAttributeAsync("data-agent", "helper");
        await Expect(page).ToHaveURLAsync(new Regex("[0-9]/$"));
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Composer().Should().ToHaveValueAsync("Tell me more");
        // An unknown agent is left aside.
        await page.Composer().FillAsync("");
        await page.GotoAsync($"/?q={new string('x', 7000)}&agent=nobody");
        await page.CircuitAsync();
        await Expect(page.Locator("chat-composer")).Not.ToHaveAttributeAsync("data-agent", "nobody");
        await page.Composer().Should().ToHaveValueAsync(new string('x', 7000));
        await page.Composer().FillAsync("My own");
        await page.Composer().PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("Once.");
        await page.Questions().Should().ToHaveTextAsync(["My own"]);
    }

    [ChromiumFact]
    public async Task Texts_InOtherEncodings_AreStoredAsUtf8()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        session.Expect("415");
        await page.Locator("[data-picker]").SetInputFilesAsync(
        [
            new FilePayload { Name = "de.csv", MimeType = "application/vnd.ms-excel", Buffer = [.. "Gr"u8, 0xfc, 0xdf, .. "e;5 "u8, 0x80] },
            new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = [0xff, 0xfe, .. System.Text.Encoding.Unicode.GetBytes("Grüße 🙂")] },
            new FilePayload { Name = "tool.txt", MimeType = "text/plain", Buffer = [1, 2, 0xfc] },
        ]);
        var chips = page.Locator(".composer-files .chip a");
        await chips.Should().ToHaveCountAsync(2);
        await page.GetByText("tool.txt can't be attached").Should().ToBeVisibleAsync();
        const string Read = "async links => { const texts = []; for (const link of links) texts.push(await (await fetch(link.href)).text()); return texts; }";
        string[] kept = await chips.EvaluateAllAsync<string[]>(Read);
        Assert.Equal(["Grüße 🙂", "Grüße;5 €"], kept.Order(StringComparer.Ordinal));
    }

    /// <summary>As a person does who comes back to the tab.</summary>
    private static async Task LookAgainAsync(IPage page) => await page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange'))");
}
