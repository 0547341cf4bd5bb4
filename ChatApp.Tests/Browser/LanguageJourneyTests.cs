using ChatApp.Tests.Architecture;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>A browser that prefers another language sees the pages in it, and nothing of the English that was translated.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LanguageJourneyTests(BrowserFixture browser, ChatSite site)
{
    private const string Answer = "- [x] a\n- [ ] b\n\n| c | d |\n|---|---|\n| 1 | 2 |\n\n```js\ne();\n```\n\n![f](https://example.com/f.png) g[^1]\n\n$$\nh\n$$\n\n[^1]: i";

    // Everything that is read or read out, also what is folded or not yet open.
    private const string Words =
        """
        () => {
          const found = [document.title];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (node.nodeType === Node.TEXT_NODE) {
              if (!node.parentElement.closest("script, style, code, pre, .message-user, [data-foreign]")) found.push(node.data);
            } else {
              for (const name of ["aria-label", "title", "placeholder", "alt"]) if (node.hasAttribute(name)) found.push(node.getAttribute(name));
            }
          }
          return found.map(t => t.replace(/\s+/g, " ").trim()).filter(t => t);
        }
        """;

    [ChromiumTheory]
    [InlineData("de-DE", "E-Mail-Adresse", "Anmelden", "Nachricht an Helper", "12.345")]
    [InlineData("fr-FR", "Adresse e-mail", "Se connecter", "Message à Helper", "12\u202f345")]
    public async Task Pages_OtherLanguage_AreInItThroughout(string locale, string email, string signIn, string composer, string number)
    {
        string language = locale[..2];
        site.Script(s => s.Reasoning("Hm.").Text(Answer).Finish(inputTokens: 12_345));
        var app = await site.GetAppAsync();
        string person = $"{Guid.NewGuid():n}@example.com";
        await app.CreateUserAsync(person, admin: true);
        await using var session = await browser.OpenAsync(app.Address.ToString(), new() { Locale = locale, ViewportSize = new() { Width = 1440, Height = 900 } });
        var page = session.Page;
        await page.GotoAsync("/");
        await AssertNoEnglishAsync(page, language);
        await page.GetByLabel(email).FillAsync(person);
        await page.Locator("input[name=Password]").FillAsync(TestApp.Password);
        await page.Button(signIn).ClickAsync();
        await page.CircuitAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await page.GetByPlaceholder(composer).Should().ToBeVisibleAsync();
        await AssertNoEnglishAsync(page, language);
        await session.ScreenshotAsync($"language-{language}-empty");

        // What a service refuses, too.
        session.Expect("413");
        await page.RouteAsync("**/api/files", route => route.FulfillAsync(new() { Status = 413, ContentType = "application/json", Body = "{\"code\":\"storage_full\",\"detail\":\"English\"}" }));
        await page.Locator("[data-picker]").SetInputFilesAsync(new FilePayload { Name = "a.txt", MimeType = "text/plain", Buffer = [97] });
        await page.Locator("[data-note]").Should().ToHaveTextAsync(
            TextsTests.Read(language)["{0} was not uploaded: your files take all the room that they may take."].Replace("{0}", "a.txt", StringComparison.Ordinal));

        await page.Locator("#composer-text").FillAsync("?");
        await page.Locator("#composer-text").PressAsync("Enter");
        await page.Locator("[data-action=details]").ClickAsync();
        await page.Locator(".details").Should().ToContainTextAsync(number);
        await AssertNoEnglishAsync(page, language);
        await session.ScreenshotAsync($"language-{language}-answer");

        foreach (string address in (string[])["profile", "prompts", "shares", "usage", "points", "keys", "data"])
            await ReadAsync(page, $"/account/{address}", language);
        foreach (string address in (string[])["/playground", "/admin/sessions", "/admin/new-session", "/not-found", "/account/denied"])
            await ReadAsync(page, address, language);
        await session.ScreenshotAsync($"language-{language}-last");
    }

    private static async Task ReadAsync(IPage page, string address, string language)
    {
        await page.GotoAsync(address);
        await page.Locator("h1").First.Should().ToBeVisibleAsync();
        await AssertNoEnglishAsync(page, language);
    }

    private static async Task AssertNoEnglishAsync(IPage page, string language)
    {
        var texts = TextsTests.Read(language);
        var english = texts.Where(t => t.Key != t.Value).Select(t => t.Key).Except(texts.Values, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var seen = await page.EvaluateAsync<string[]>(Words);
        Assert.NotEmpty(seen);
        string? found = seen.FirstOrDefault(s => english.Contains(s) || english.Any(e => e.Length > 15 && s.Contains(e, StringComparison.Ordinal)));
        Assert.True(found is null, $"{page.Url} says \"{found}\".");
    }
}
