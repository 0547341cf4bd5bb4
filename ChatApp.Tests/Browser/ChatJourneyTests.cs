using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>A question and its answer, in a real browser against the real application.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChatJourneyTests(BrowserFixture browser, ChatSite site)
{
    private const string GrowsMeanwhile =
        """
        () => {
          if (!document.querySelector("[data-stop]")) return false;
          const length = document.querySelector("#main").innerText.length;
          window.firstLength ??= length;
          return length > window.firstLength + 20;
        }
        """;

    [ChromiumFact]
    public async Task FirstVisit_SetsUpTheAdminAndStreamsAnAnswer_WhichSurvivesAReload()
    {
        await using var app = await TestApp.StartAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync("/");
        await Expect(page).ToHaveURLAsync(new Regex("/setup$"));
        await page.GetByLabel("E-mail address").FillAsync("admin@example.com");
        await page.GetByLabel("Password").FillAsync(TestApp.Password);
        await page.Button("Create administrator").ClickAsync();

        // Long enough that a busy machine looks while it is being written.
        await page.SendAsync("/demo tokens=150 delay=80");
        await page.Button("Stop the answer").Should().ToBeVisibleAsync();
        // Within the browser: between two looks from here a busy machine may have ended the answer.
        await page.WaitForFunctionAsync(GrowsMeanwhile);
        await session.ScreenshotAsync("streaming");

        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Button("Ask again").Should().ToBeVisibleAsync();
        string[] words = (await page.Answer().InnerTextAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 150).Select(i => $"w{i}"), words);
        await session.ScreenshotAsync("answered");
    }

    [ChromiumFact]
    public async Task TwoTabs_OnOneConversation_BothStreamTheSameAnswer()
    {
        var (middle, last) = (new Gate(), new Gate());
        site.Script(s => s.Text("One ").Wait(middle).Text("two ").Wait(last).Text("three.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        await session.Page.SendAsync("Count");
        await session.Page.Answer().Should().ToHaveTextAsync("One");
        await Expect(session.Page).ToHaveURLAsync(new Regex("/c/"));
        var other = await session.OpenTabAsync();
        await other.GotoAsync(session.Page.Url);
        await other.Answer().Should().ToHaveTextAsync("One");

        foreach (var (gate, text) in new[] { (middle, "One two"), (last, "One two three.") })
        {
            gate.Open();
            await session.Page.Answer().Should().ToHaveTextAsync(text);
            await other.Answer().Should().ToHaveTextAsync(text);
        }
        foreach (var tab in new[] { session.Page, other })
        {
            await tab.Button("Send").Should().ToBeVisibleAsync();
            await tab.Questions().Should().ToHaveTextAsync(["Count"]);
        }
    }

    [ChromiumFact]
    public async Task ProviderFailsInMidAnswer_TextStaysAndTryAgainAnswersTheSameQuestion()
    {
        site.Script(s => s.Text("The first half").Error("overloaded"), s => s.Text("The whole answer.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("Tell me");

        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The answer broke off." }).Should().ToBeVisibleAsync();
        await page.Answer().Should().ToHaveTextAsync("The first half");
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Answer().Should().ToHaveTextAsync("The first half");

        await page.Button("Try again").ClickAsync();

        await page.Answer().Should().ToHaveTextAsync("The whole answer.");
        await page.Questions().Should().ToHaveTextAsync(["Tell me"]);
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "broke off" }).Should().ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Stop_InMidAnswer_KeepsWhatHadArrived()
    {
        site.Script(s => s.Text("As far as this").Hang());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("Go on");
        await page.Answer().Should().ToHaveTextAsync("As far as this");

        await page.Button("Stop the answer").ClickAsync();

        await page.GetByText("Stopped.", new() { Exact = true }).Should().ToBeVisibleAsync();
        await page.Answer().Should().ToHaveTextAsync("As far as this");
        await page.ReloadAsync();
        await page.Answer().Should().ToHaveTextAsync("As far as this");
        await page.GetByText("Stopped.", new() { Exact = true }).Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task ConversationStartedOverTheApi_AppearsInTheSidebarAtOnce()
    {
        site.Script(s => s.Text("Hello.").Finish());
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        using var api = app.CreateClient(await app.CreateKeyAsync(user.Id, Scopes.Default));
        await using var session = await browser.OpenAsync(app.Address.ToString());
        await session.Page.GotoAsync("/");
        await session.Page.SignInAsync(email);
        await session.Page.CircuitAsync();

        using var response = await api.PostAsJsonAsync("/api/runs", new { input = "Started elsewhere" });
        response.EnsureSuccessStatusCode();

        await session.Page.Row("Started elsewhere").Should().ToBeVisibleAsync();
    }
}
