using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>What a person does first, in a real browser against the real application.</summary>
public sealed class ChatJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const string AnswerLength = "() => document.querySelector('#main').innerText.length";

    [ChromiumFact]
    public async Task FirstVisit_SetsUpTheAdminAndStreamsAnAnswer_WhichSurvivesAReload()
    {
        await using var app = await TestApp.StartAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync("/");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/setup$"));
        await page.FillAsync("input[name=Email]", "admin@example.com");
        await page.FillAsync("input[name=Password]", TestApp.Password);
        await page.ClickAsync("button[type=submit]");

        await SendAsync(page, "/demo tokens=150 delay=20");
        var stop = page.GetByRole(AriaRole.Button, new() { Name = "Stop" });
        await Assertions.Expect(stop).ToBeVisibleAsync();
        int early = await page.EvaluateAsync<int>(AnswerLength);
        await page.WaitForFunctionAsync($"length => ({AnswerLength})() > length + 20", early);
        Assert.True(await stop.IsVisibleAsync(), "The text grew before the answer was complete.");
        await session.ScreenshotAsync("streaming");

        await page.ReloadAsync();
        await Assertions.Expect(stop).ToBeHiddenAsync(new() { Timeout = 30_000 });
        string[] words = (await page.InnerTextAsync("#main")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 150).Select(i => $"w{i}"), words.Where(w => w.Length > 1 && w[0] == 'w' && w[1..].All(char.IsAsciiDigit)));
        await session.ScreenshotAsync("answered");
    }

    [ChromiumFact]
    public async Task ConversationStartedOverTheApi_AppearsInTheSidebarAtOnce()
    {
        await using var app = await TestApp.StartAsync();
        var user = await app.CreateUserAsync("admin@example.com", admin: true);
        using var api = app.CreateClient(await app.CreateKeyAsync(user));
        await using var session = await browser.OpenAsync(app.Address.ToString());
        await session.Page.GotoAsync("/account/login");
        await session.Page.FillAsync("input[name=Email]", "admin@example.com");
        await session.Page.FillAsync("input[name=Password]", TestApp.Password);
        await session.Page.ClickAsync("button[type=submit]");
        await Assertions.Expect(session.Page.Locator("textarea")).ToBeEditableAsync();

        using var body = new StringContent(JsonSerializer.Serialize(new { input = "Started elsewhere" }), System.Text.Encoding.UTF8, "application/json");
        using var response = await api.PostAsync("/api/runs", body);
        response.EnsureSuccessStatusCode();

        await Assertions.Expect(session.Page.GetByRole(AriaRole.Link, new() { Name = "Started elsewhere" })).ToBeVisibleAsync();
    }

    /// <summary>As soon as the composer's script is there, even if the circuit does not listen yet: what is sent too early is sent when it does.</summary>
    private static async Task SendAsync(IPage page, string text)
    {
        await page.WaitForSelectorAsync("chat-composer:defined textarea");
        await page.FillAsync("textarea", text);
        await page.PressAsync("textarea", "Enter");
    }
}
