using System.Text.RegularExpressions;
using ChatApp.Conversations;
using ChatApp.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>Searching, sorting away, sharing, and chats that leave nothing.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LibraryJourneyTests(BrowserFixture browser, ChatSite site)
{
    private const string DraftsHere = "() => Object.keys(localStorage).filter(name => name.startsWith('draft:'))";

    [ChromiumFact]
    public async Task Search_JumpsToTheMessage()
    {
        site.Script(s => s.Text("To the **lighthouse**.\n\n" + string.Concat(Enumerable.Repeat("A long way.\n\n", 60))).Finish(), s => s.Text("Yes.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("Where shall we go?");
        await page.Answer().Should().ToContainTextAsync("A long way.");
        await page.SendAsync("Are you sure?");
        await page.Answer().Should().ToHaveTextAsync("Yes.");
        await page.GotoAsync("/");
        await page.CircuitAsync();

        await page.GetByLabel("Search conversations").FillAsync("LIGHTH");
        await page.Locator(".search-hit mark").Should().ToHaveTextAsync("lighthouse");
        await session.ScreenshotAsync("search");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/c/[^?]+$"));
        await page.Locator("article.is-found").GetByText("lighthouse").Should().ToBeInViewportAsync();
        // The arrow keys and J and K go on from what was found.
        await Expect(page.Locator("article.is-found")).ToBeFocusedAsync();

        await page.GetByLabel("Search conversations").PressAsync("Escape");
        await page.Row("Where shall we go?").Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Folders_ByMenuAndByDrag()
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 3);
        var page = session.Page;
        await page.ChooseAsync("Conversation 1", "Move to folder", "New folder…");
        await page.GetByLabel("Name").FillAsync("Work");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".is-nested .conversation-title").Should().ToHaveTextAsync(["Conversation 1"]);
        await session.ScreenshotAsync("folders");

        await page.Row("Conversation 2").DragToAsync(page.Locator(".folder-row"));
        await page.Locator(".is-nested .conversation-title").Should().ToHaveTextAsync(["Conversation 2", "Conversation 1"]);
        await page.Row("Conversation 1").DragToAsync(page.Locator(".list-heading"));
        await page.Locator(".is-nested .conversation-title").Should().ToHaveTextAsync(["Conversation 2"]);

        await page.Locator(".folder-toggle").ClickAsync();
        await page.Row("Conversation 2").Should().ToHaveCountAsync(0);
        await page.Locator(".folder-row").HoverAsync();
        await page.Button("Options for the folder Work").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" }).ClickAsync();
        await page.Row("Conversation 2").Should().ToBeVisibleAsync();

        await page.ChooseAsync("Conversation 2", "Tags…");
        await page.GetByLabel("New tag").FillAsync("#Trips");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".tag-list").Should().ToContainTextAsync("#trips");
        await page.Button("Done").ClickAsync();
        await page.Locator(".sidebar-find").HoverAsync();
        await page.Button("Filter").ClickAsync();
        await page.Button("#trips").ClickAsync();
        await page.Locator(".sidebar-list .conversation-title").Should().ToHaveTextAsync(["Conversation 2"]);
    }

    [ChromiumFact]
    public async Task Share_IsReadByAnybodyUntilItIsRevoked()
    {
        site.Script(s => s.Text("Because **so**.\n\n```csharp\nint x = 1;\n```").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("Why is it so?");
        await page.Answer().Should().ToContainTextAsync("Because so.");
        await page.Button("Options for this conversation").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Share…" }).ClickAsync();
        await page.Button("Create link").ClickAsync();
        string link = await page.Locator(".share-link code").InnerTextAsync();
        await session.ScreenshotAsync("share-dialog");

        await using var visitor = await browser.OpenAsync((await site.GetAppAsync()).Address.ToString());
        var seen = await visitor.Page.GotoAsync(link);
        Assert.Equal(200, seen!.Status);
        Assert.Contains("no-store", await seen.HeaderValueAsync("cache-control"), StringComparison.Ordinal);
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Why is it so?" }).Should().ToBeVisibleAsync();
        await visitor.Page.Locator(".prose strong").Should().ToHaveTextAsync("so");
        Assert.DoesNotContain("@", await visitor.Page.Locator("body").InnerTextAsync(), StringComparison.Ordinal);
        await visitor.ScreenshotAsync("shared");

        await page.Button("Revoke").ClickAsync();
        await page.Locator(".share-link").Should().ToHaveCountAsync(0);
        visitor.Expect("404");
        foreach (string gone in new[] { link, "/share/unknown" })
        {
            Assert.Equal(404, (await visitor.Page.GotoAsync(gone))!.Status);
            await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "There is nothing here" }).Should().ToBeVisibleAsync();
        }

        await page.Button("Create link").ClickAsync();
        await page.GetByText("All my links").ClickAsync();
        await page.Button("Revoke Why is it so?").ClickAsync();
        await page.GetByText("You share nothing.").Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task TemporaryChat_IsInNoList_SurvivesAReload_AndIsMarkedForDeletion()
    {
        site.Script(s => s.Text("I forget it.").Finish());
        await using var session = await site.OpenSignedInAsync(browser, conversations: 1);
        var page = session.Page;
        var app = await site.GetAppAsync();
        // What was begun goes along, and is no longer kept.
        await page.Composer().FillAsync("A sec");
        await page.Composer().BlurAsync();
        await page.WaitForFunctionAsync("() => Object.entries(localStorage).some(([k, v]) => k.startsWith('draft:') && JSON.parse(v).dirty === false)");
        await page.Button("Temporary chat").ClickAsync();
        await page.GetByText("it is in no list").Should().ToBeVisibleAsync();
        await session.ScreenshotAsync("temporary");
        await page.Composer().Should().ToHaveValueAsync("A sec");
        await page.Composer().FillAsync("A secret");
        await page.Composer().BlurAsync();
        Assert.Empty(await page.EvaluateAsync<string[]>(DraftsHere));
        await page.Row("Conversation 1").GetByRole(AriaRole.Link).ClickAsync();
        await page.Composer().Should().ToHaveValueAsync("");
        await page.GotoAsync("/");
        await page.CircuitAsync();
        await page.Composer().Should().ToHaveValueAsync("");
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.False(await db.Drafts.AnyAsync(d => d.Text.StartsWith("A sec")));

        await page.Button("Temporary chat").ClickAsync();
        await page.GetByText("it is in no list").Should().ToBeVisibleAsync();
        await page.SendAsync("A secret");
        await page.Answer().Should().ToHaveTextAsync("I forget it.");
        await Expect(page).ToHaveURLAsync(new Regex("/c/"));
        var id = Guid.Parse(page.Url[(page.Url.LastIndexOf('/') + 1)..]);
        await page.ReloadAsync();
        await page.Answer().Should().ToHaveTextAsync("I forget it.");
        await page.GetByText("it is in no list").Should().ToBeVisibleAsync();
        await page.Locator(".conversation-title").Should().ToHaveTextAsync(["Conversation 1"]);
        await page.CircuitAsync();
        await page.Composer().FillAsync("Another secret");
        await page.Composer().BlurAsync();
        Assert.Empty(await page.EvaluateAsync<string[]>(DraftsHere));

        await page.Row("Conversation 1").GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByText("it is in no list").Should().ToHaveCountAsync(0);
        Assert.Empty(await page.EvaluateAsync<string[]>(DraftsHere));
        Assert.True(await db.Conversations.Where(c => c.Id == id).Select(c => c.IsTemporary).SingleAsync());
    }
}
