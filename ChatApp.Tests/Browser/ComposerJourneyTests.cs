using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>What the composer takes, and what the page does while the server is out of reach.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ComposerJourneyTests(BrowserFixture browser, ChatSite site)
{
    // The way of a paste: one input event with all of the text.
    private const string Paste =
        "(field, length) => { field.focus(); field.value = 'é'.repeat(length); field.dispatchEvent(new Event('input', { bubbles: true })); }";

    [ChromiumFact]
    public async Task Paste_LongestMessage_ArrivesWhole()
    {
        site.Script(s => s.Text("Read it all.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;

        await page.Composer().EvaluateAsync(Paste, 200_000);
        await page.Button("Send").ClickAsync();

        await page.Answer().Should().ToHaveTextAsync("Read it all.");
        Assert.Equal(200_000, (await page.Questions().InnerTextAsync()).Length);
        await page.Composer().Should().ToHaveValueAsync("");
    }

    [ChromiumFact]
    public async Task Paste_OneMegabyte_SaysTheLimitAndKeepsTheCircuit()
    {
        site.Script(s => s.Text("Still here.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;

        await page.Composer().EvaluateAsync(Paste, 1_000_000);
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "200,000 can be sent at once. Shorten it by 800,000." }).Should().ToBeVisibleAsync();
        await page.Composer().PressAsync("Enter");
        await page.Questions().Should().ToHaveCountAsync(0);

        await page.SendAsync("Short");
        await page.Answer().Should().ToHaveTextAsync("Still here.");
    }

    [ChromiumFact]
    public async Task ConnectionLost_PageStaysUsableAndTheMessageIsSentOnceItIsBack()
    {
        site.Script(s => s.Text("Hello again.").Finish());
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IWebSocketRoute? circuit = null;
        var app = await site.GetAppAsync();
        var (_, email) = await site.CreatePersonAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        session.Expect("Connection disconnected");
        var page = session.Page;
        await page.RouteWebSocketAsync("**/_blazor?**", route =>
        {
            circuit = route;
            route.ConnectToServer();
        });
        await page.GotoAsync("/");
        await page.SignInAsync(email);
        await page.CircuitAsync();

        await page.RouteAsync("**/_blazor/negotiate?**", async route =>
        {
            await back.Task;
            await route.ContinueAsync();
        });
        await circuit!.CloseAsync(new() { Code = 4000 });
        var notice = page.Locator("#components-reconnect-modal");
        await notice.Should().ToBeVisibleAsync();
        await page.Composer().FillAsync("Are you there?");
        var box = (await notice.BoundingBoxAsync())!;
        Assert.False(await page.EvaluateAsync<bool>(
            "({ x, y }) => document.querySelector('#components-reconnect-modal').contains(document.elementFromPoint(x, y))",
            new { x = (int)(box.X + box.Width / 2), y = (int)(box.Y + box.Height / 2) }));

        back.SetResult();
        await notice.Should().ToBeHiddenAsync(new() { Timeout = 30_000 });
        await page.Composer().PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("Hello again.");
    }
}
