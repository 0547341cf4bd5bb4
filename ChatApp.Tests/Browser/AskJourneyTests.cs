using System.Text.RegularExpressions;
using ChatApp.Ask;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>Several people in one session, each in a browser of their own.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AskJourneyTests(BrowserFixture browser, ChatSite site)
{
    private static readonly BrowserNewContextOptions DarkPhone =
        new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 390, Height = 844 }, ReducedMotion = ReducedMotion.Reduce };

    [ChromiumFact]
    public async Task Session_OwnerAndGuest_BothSeeTheAnswerGrow()
    {
        var gate = new Gate();
        site.Script(s => s.Text("As far ").Wait(gate).Text("as **this**.").Finish(), s => s.Text("Thanks.").Finish());
        var app = await site.GetAppAsync();
        var (owner, email) = await site.CreatePersonAsync();
        string key = $"k{Guid.NewGuid():n}";
        await app.Services.GetRequiredService<AskSessions>().CreateAsync(
            key, new AskSettings("What slows us down?", "Retro") { AllowAnonymous = true, Description = "Be frank." }, owner.Id, default);

        await using var first = await browser.OpenAsync(app.Address.ToString());
        await first.Page.GotoAsync("/");
        await first.Page.SignInAsync(email);
        await first.Page.CircuitAsync();
        await first.Page.Row("Retro").ClickAsync();
        await Expect(first.Page).ToHaveURLAsync(new Regex($"/ask/{key}$"));
        await first.Page.CircuitAsync();

        await using var second = await browser.OpenAsync(app.Address.ToString(), DarkPhone);
        var guest = second.Page;
        await guest.GotoAsync($"/ask/{key}");
        await guest.GetByLabel("Your name").Should().ToBeVisibleAsync();
        await guest.AssertCleanAsync();
        await guest.GetByLabel("Your name").FillAsync("Dora");
        await guest.Button("Take part").ClickAsync();
        await guest.CircuitAsync();

        await guest.SendAsync("Reviews.");
        foreach (var page in new[] { first.Page, guest })
            await page.Locator(".is-streaming").Should().ToHaveTextAsync("As far");
        await first.Page.Locator(".is-from-other").Should().ToContainTextAsync("Dora");
        gate.Open();
        foreach (var page in new[] { first.Page, guest })
            await page.Answer().Should().ToHaveTextAsync("As far as this.");

        await first.Page.SendAsync("Thank you, Dora.");
        await guest.Locator(".is-from-other .bubble").Should().ToHaveTextAsync("Thank you, Dora.");
        foreach (var page in new[] { first.Page, guest })
            await page.Answer().Should().ToHaveTextAsync("Thanks.");
        await first.Page.AssertCleanAsync();
        await guest.AssertCleanAsync();

        // What the search has found in it is shown.
        string message = (await first.Page.Locator(".is-from-other[data-message]").First.GetAttributeAsync("data-message"))!;
        await first.Page.GotoAsync($"/ask/{key}?m={message}");
        await Expect(first.Page.Locator($"[data-message='{message}']")).ToBeFocusedAsync();

        // Whoever comes back by their address is the same person, with all that was said.
        await guest.ReloadAsync();
        await guest.Locator(".message-user[aria-label=You] .bubble").Should().ToHaveTextAsync("Reviews.");
        await guest.GotoAsync("/");
        await Expect(guest).ToHaveURLAsync(new Regex("/account/login"));
    }

    [ChromiumFact]
    public async Task Settings_SessionMadeAndSomebodyInvited_LinkLetsThemIn()
    {
        var app = await site.GetAppAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync("/");
        await page.SignInAsync("admin@example.com");
        await page.CircuitAsync();
        await page.Locator(".account-button").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Ask sessions" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New session" }).ClickAsync();
        string key = $"k{Guid.NewGuid():n}";
        await page.GetByRole(AriaRole.Textbox, new() { NameRegex = new Regex("^Key") }).FillAsync(key);
        await page.GetByLabel("Question", new() { Exact = true }).FillAsync("Where to?");
        await page.Button("Create session").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/admin/sessions/{key}$"));
        // The address changes before the page does, and the form that it shows until then has a name, too.
        await page.Button("Make a link").Should().ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).Last.FillAsync("Bea");
        await page.Button("Make a link").ClickAsync();
        string link = await page.Locator(".secret code").InnerTextAsync();
        await page.AssertCleanAsync();

        await using var other = await browser.OpenAsync(app.Address.ToString());
        await other.Page.GotoAsync(link);
        await other.Page.CircuitAsync();
        await other.Page.GetByText("Where to?").First.Should().ToBeVisibleAsync();

        await page.Button("Close session").ClickAsync();
        await other.Page.GetByText("This session is closed.").Should().ToBeVisibleAsync();

        await page.GotoAsync("/admin/doctor");
        await page.Button("Check again").Should().ToBeEnabledAsync();
        await page.AssertCleanAsync();
        await page.GotoAsync("/admin/sessions");
        await page.Locator(".settings-list").GetByText(key).Should().ToBeVisibleAsync();
        await page.AssertCleanAsync();
    }
}
