using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class SwaggerTests(BrowserFixture browser, ChatSite site)
{
    // The session fails the test on any violation of the content security policy.
    [ChromiumFact]
    public async Task Swagger_Opened_ListsTheRoutesAndSendsAKey()
    {
        var app = await site.GetAppAsync();
        var (user, _) = await site.CreatePersonAsync();
        string key = await app.CreateKeyAsync(user.Id);
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync("/swagger");

        await page.Locator(".opblock-summary-path").Filter(new() { HasText = "/api/runs/{id}/events" }).Should().ToBeVisibleAsync();
        await page.Locator("button.authorize").First.ClickAsync();
        await page.Locator("#api_key_value").Or(page.GetByLabel("auth-bearer-value")).First.FillAsync(key);
        await page.Locator(".auth-btn-wrapper button.authorize").First.ClickAsync();
        await page.Locator(".btn-done").First.ClickAsync();
        var agents = page.Locator(".opblock").Filter(new() { HasText = "/api/agents" });
        await agents.Locator(".opblock-summary").ClickAsync();
        await agents.Locator(".try-out__btn").ClickAsync();
        await agents.Locator(".execute").ClickAsync();
        await Expect(agents.Locator(".live-responses-table td.response-col_status:not(.col_header)")).ToHaveTextAsync(new Regex("200"));
    }
}
