using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>Signing in and out, keys and the theme, in a real browser.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AccountJourneyTests(BrowserFixture browser, ChatSite site)
{
    [ChromiumFact]
    public async Task SignIn_WrongPasswordThenRight_ComesWhereThePersonWanted()
    {
        var app = await site.GetAppAsync();
        var (_, email) = await site.CreatePersonAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync("/account/keys");

        await page.SignInAsync(email, "not the password");
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "That did not work." }).Should().ToBeVisibleAsync();
        await page.GetByLabel("E-mail address").Should().ToHaveValueAsync(email);
        await page.GetByLabel("Password").Should().ToHaveValueAsync("");

        await page.SignInAsync(email);
        await Expect(page).ToHaveURLAsync(new Regex("/account/keys$"));
    }

    [ChromiumFact]
    public async Task SignOut_FromTheMenu_LeavesNothingBehind()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.Locator(".account-button").ClickAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));

        await page.GotoAsync("/");
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));
    }

    [ChromiumFact]
    public async Task Draft_OfOnePerson_IsNotAnothersAndLeavesTheBrowserWithTheSignOut()
    {
        var app = await site.GetAppAsync();
        var (_, ada) = await site.CreatePersonAsync();
        var (_, bob) = await site.CreatePersonAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await SignInHereAsync(page, ada);
        await page.Composer().FillAsync("A thought of Ada's");

        await page.Context.ClearCookiesAsync(new() { Name = "chat_session" });
        await SignInHereAsync(page, bob);
        await page.Composer().Should().ToHaveValueAsync("");
        await page.Context.ClearCookiesAsync(new() { Name = "chat_session" });
        await SignInHereAsync(page, ada);
        await page.Composer().Should().ToHaveValueAsync("A thought of Ada's");

        await page.Locator(".account-button").ClickAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));
        Assert.DoesNotContain("thought", await page.EvaluateAsync<string>("() => JSON.stringify({ ...localStorage, ...sessionStorage })"), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Key_Created_IsShownOnceAndWorks()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.GotoAsync("/account/keys");
        await page.GetByText("You have no keys yet.").Should().ToBeVisibleAsync();
        await page.GetByLabel("Name").FillAsync("Deploy script");
        await page.Button("Create key").ClickAsync();

        string key = await page.Locator(".secret code").InnerTextAsync();
        using var client = (await site.GetAppAsync()).CreateClient(key);
        Assert.True((await client.GetAsync("api/conversations")).IsSuccessStatusCode);

        await page.GotoAsync("/account/keys");
        await page.GetByText("Deploy script").Should().ToBeVisibleAsync();
        await page.Locator(".secret").Should().ToHaveCountAsync(0);
        Assert.DoesNotContain(key, await page.ContentAsync(), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Theme_Chosen_IsThatOfTheFirstPaintEverywhere()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        string light = await GroundAsync(page);
        await page.Locator(".account-button").ClickAsync();
        await page.Button("Dark theme").ClickAsync();
        await page.WaitForFunctionAsync("light => getComputedStyle(document.body).backgroundColor !== light", light);
        string dark = await GroundAsync(page);

        foreach (string path in new[] { "/", "/account/keys", "/not-found" })
        {
            // Scripts could only mend a wrong theme after it was seen.
            await page.RouteAsync("**/*.js", route => route.AbortAsync());
            session.Expect("ERR_FAILED");
            await page.GotoAsync(path);
            Assert.Equal(dark, await GroundAsync(page));
        }
    }

    private static async Task SignInHereAsync(IPage page, string email)
    {
        await page.GotoAsync("/");
        await page.SignInAsync(email);
        await page.CircuitAsync();
    }

    private static Task<string> GroundAsync(IPage page) => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
