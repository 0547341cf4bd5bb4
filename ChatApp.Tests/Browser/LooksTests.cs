using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>Where things stand on the page, which only a browser knows.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LooksTests(BrowserFixture browser, ChatSite site)
{
    [ChromiumTheory]
    [InlineData("/account/keys", 1440)]
    [InlineData("/account/keys", 390)]
    [InlineData("/playground", 1440)]
    [InlineData("/playground", 390)]
    public async Task WayBack_ItsText_EndsWhereTheContentDoes(string path, int width)
    {
        await using var session = await site.OpenSignedInAsync(browser, new() { ViewportSize = new() { Width = width, Height = 800 } });
        await session.Page.GotoAsync(path);
        double[] ends = await session.Page.EvaluateAsync<double[]>(
            """
            () => {
              const range = document.createRange();
              range.selectNodeContents(document.querySelector('.area-top a.button'));
              return [range.getBoundingClientRect().right, document.querySelector('.area-main').getBoundingClientRect().right];
            }
            """);
        Assert.Equal(ends[1], ends[0], tolerance: 1.0);
    }

    [ChromiumTheory]
    [InlineData(390)]
    [InlineData(320)]
    public async Task SettingsPages_OnAPhone_TheCurrentOneIsInViewAndWhatGoesOnFades(int width)
    {
        await using var session = await site.OpenSignedInAsync(browser, new() { ViewportSize = new() { Width = width, Height = 800 } });
        var page = session.Page;
        await page.GotoAsync("/account/files");
        Assert.Contains("gradient", await page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('.area-nav')).maskImage"), StringComparison.Ordinal);
        foreach (string path in new[] { "files", "usage", "keys", "data", "profile" })
        {
            // The framework changes only what differs: the row scrolls itself.
            await page.Locator($".area-nav [href='/account/{path}']").ClickAsync();
            await page.Locator($".area-nav [href='/account/{path}'][aria-current]").Should().ToBeVisibleAsync();
            await page.WaitForFunctionAsync(
                """
                () => {
                  const link = document.querySelector('.area-nav [aria-current]').getBoundingClientRect();
                  return link.left >= 15 && link.right <= innerWidth - 15;
                }
                """);
        }
    }

    [ChromiumFact]
    public async Task Playground_Chunks_StandRightBesideTheirTimes()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.GotoAsync("/playground");
        session.Expect("status of 401");
        await page.GetByLabel("API key").FillAsync("wrong");
        await page.Button("Send").ClickAsync();
        await page.Locator("[data-events] pre").First.Should().ToBeVisibleAsync();
        double inset = await page.EvaluateAsync<double>(
            "() => document.querySelector('[data-events] pre').getBoundingClientRect().left - document.querySelector('[data-events]').getBoundingClientRect().left");
        Assert.InRange(inset, 0, 110);
        Assert.Equal("400", await page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('textarea[name=body]')).fontWeight"));
    }

    [ChromiumFact]
    public async Task Toast_OnAWideWindow_IsOverTheMiddleOfTheConversation()
    {
        await using var session = await site.OpenSignedInAsync(browser, new() { ViewportSize = new() { Width = 1440, Height = 900 } }, conversations: 1);
        var page = session.Page;
        await page.Row("Conversation 1").HoverAsync();
        await page.Locator(".conversation-row .row-more").First.ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" }).ClickAsync();
        await page.Locator(".toast").Should().ToBeVisibleAsync();
        double[] middles = await page.EvaluateAsync<double[]>(
            "() => ['.toast', '.main'].map(s => { const box = document.querySelector(s).getBoundingClientRect(); return box.left + box.width / 2; })");
        Assert.Equal(middles[1], middles[0], tolerance: 1.0);
        // Not over the composer, which stands at the lower edge of a thread.
        Assert.True((await page.Locator(".toast").BoundingBoxAsync())!.Y < 200);
    }

    [ChromiumFact]
    public async Task Palette_TitlesAndMessages_StandUnderTheirNames()
    {
        site.Script(s => s.Text("A **conversation** piece.").Finish());
        await using var session = await site.OpenSignedInAsync(browser, conversations: 1);
        var page = session.Page;
        await page.SendAsync("Hello");
        await page.Answer().Should().ToHaveTextAsync("A conversation piece.");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("conversation");
        await page.Locator("[data-group=messages] small").Should().ToHaveTextAsync("A conversation piece.");
        await page.Locator("[data-group=messages] .palette-heading").Should().ToHaveTextAsync("Messages");
        await page.Locator("[data-group=chats]").Should().ToContainTextAsync("Chats");
        await page.Locator("[data-group=chats] [role=option]").Should().ToHaveTextAsync("Conversation 1");
    }
}
