using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>The page on which a developer sees what a contract sends.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PlaygroundTests(BrowserFixture browser, ChatSite site)
{
    [ChromiumFact]
    public async Task Send_NativeRun_ShowsEachChunkWithItsTimeAndTheRunsId()
    {
        var gate = new Gate();
        site.Script(s => s.Text("one ").Wait(gate).Text("two").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.GotoAsync("/playground");
        await page.GetByLabel("Body").FillAsync("""{"input":"Hi","stream":true}""");
        await page.Button("Send").ClickAsync();
        await Expect(page.Locator("[data-events]")).ToContainTextAsync("one ");
        int early = await page.Locator("[data-events] li").CountAsync();
        gate.Open();

        await Expect(page.Locator("[data-status]")).ToHaveTextAsync(new Regex(@"^200 OK\. Ended after [\d.]+ ms: \d+ chunks, \d+ bytes"));
        Assert.True(await page.Locator("[data-events] li").CountAsync() > early, "What came later was shown as a chunk of its own.");
        await Expect(page.Locator("[data-events]")).ToContainTextAsync("event: done");
        await Expect(page.Locator("[data-headers]")).ToContainTextAsync("x-run-id");
        await session.ScreenshotAsync("playground");
    }

    [ChromiumFact]
    public async Task Send_RefusedRequest_ShowsStatusAndProblem()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.GotoAsync("/playground");
        session.Expect("status of 401");
        await page.GetByLabel("API key").FillAsync("wrong");
        await page.Button("Send").ClickAsync();

        await Expect(page.Locator("[data-status]")).ToHaveTextAsync(new Regex("^401 "));
        await Expect(page.Locator("[data-events]")).ToContainTextAsync("\"code\":\"unauthorized\"");
    }

    [ChromiumFact]
    public async Task Choose_EachContract_FillsTheRequest()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.GotoAsync("/playground");
        session.Expect("Failed to load resource");
        var contract = page.GetByLabel("Contract");
        int count = await contract.Locator("option").CountAsync();
        Assert.True(count >= 8, "All contracts are there.");
        for (int i = 1; i < count; i++)
        {
            await contract.SelectOptionAsync(new SelectOptionValue { Index = i });
            // What the server does not know is 404 or 405; everything else has its own door.
            string path = (await page.GetByLabel("Address").InputValueAsync()).Split('?')[0];
            string method = await page.GetByLabel("Method").InputValueAsync();
            var answer = await page.EvaluateAsync<int>("async ([path, method]) => (await fetch(path, { method, credentials: 'omit' })).status", new[] { path, method });
            Assert.True(answer is not 405 && (answer is not 404 || path.Contains("/ask/", StringComparison.Ordinal)), $"{method} {path}: {answer}");
        }
    }
}
