using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>What a person does on the pages, and where they look.</summary>
internal static class PageSteps
{
    /// <summary>Asked by <c>WaitForFunctionAsync</c> with a text: whether the server has the draft, too.</summary>
    public const string IsKept =
        "text => Object.entries(localStorage).some(([k, v]) => k.startsWith('draft:') && JSON.parse(v).dirty === false && JSON.parse(v).text === text)";

    /// <summary>Fills in the sign-in page that is shown.</summary>
    public static async Task SignInAsync(this IPage page, string email, string password = TestApp.Password)
    {
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Waits until the server listens to the page: what is clicked before is lost, what is sent is kept.</summary>
    public static Task CircuitAsync(this IPage page) => page.WaitForFunctionAsync(
        """
        () => {
          const composer = document.querySelector("chat-composer[data-connected]");
          const place = location.pathname.match(/^\/(?:c\/([^/]+))?$/);
          return composer && (!place || composer.dataset.draft.endsWith(place[1] ?? "new"));
        }
        """);

    /// <summary>Sends a message as soon as the composer's script is there, even if the circuit does not listen yet.</summary>
    public static async Task SendAsync(this IPage page, string text)
    {
        await page.WaitForSelectorAsync("chat-composer:defined textarea");
        await page.Composer().FillAsync(text);
        await page.Composer().PressAsync("Enter");
    }

    public static ILocator Composer(this IPage page) => page.GetByLabel("Message", new() { Exact = true });

    /// <summary>The text of the last answer, without its notice and buttons.</summary>
    public static ILocator Answer(this IPage page) => page.Locator(".message-assistant").Last.Locator(".prose");

    public static ILocator Questions(this IPage page) => page.Locator(".message-user .bubble");

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The row of a conversation in the sidebar.</summary>
    public static ILocator Row(this IPage page, string title) =>
        page.Locator(".conversation-row", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = title, Exact = true }) });

    /// <summary>Opens the menu of a row of the sidebar.</summary>
    public static async Task OpenMenuAsync(this IPage page, string title)
    {
        await page.Locator(".conversation-row", new() { HasText = title }).First.HoverAsync();
        await page.Button($"Options for {title}").ClickAsync();
    }

    /// <summary>Chooses from the menu of a row of the sidebar.</summary>
    public static async Task ChooseAsync(this IPage page, string title, params string[] items)
    {
        await page.OpenMenuAsync(title);
        foreach (string item in items)
            await page.GetByRole(AriaRole.Menuitem, new() { Name = item, Exact = true }).ClickAsync();
    }

    /// <summary>Goes on by a key, usually Tab, until it has come there.</summary>
    public static async Task StepToAsync(this IPage page, ILocator target, string key = "Tab")
    {
        await target.Should().ToBeVisibleAsync();
        for (int steps = 0; steps < 100; steps++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
            await page.Keyboard.PressAsync(key);
        }
        Assert.Fail($"{key} does not lead to {target}.");
    }

    /// <summary>Asserts that axe finds nothing.</summary>
    public static async Task AssertCleanAsync(this IPage page)
    {
        var found = await page.FindViolationsAsync();
        Assert.True(found.Count == 0, $"{page.Url}\n{string.Join('\n', found)}");
    }

    // The passes, too, would cost most of the time.
    private static readonly AxeRunOptions ViolationsOnly = new() { ResultTypes = [ResultType.Violations], Iframes = false };

    /// <summary>What axe finds, an entry for each element.</summary>
    public static async Task<IReadOnlyList<string>> FindViolationsAsync(this IPage page)
    {
        for (int attempt = 1; ; attempt++)
        {
            // While the circuit takes the page over from its first rendering, the title is gone for a moment, be it just when axe looks.
            await Expect(page).ToHaveTitleAsync(new Regex("ChatApp"));
            var violations = (await page.RunAxe(ViolationsOnly)).Violations;
            if (violations is [{ Id: "document-title" }] && attempt < 3)
                continue;
            return
            [
                .. from violation in violations
                   from node in violation.Nodes
                   let why = node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message)
                   select $"{violation.Id} ({violation.Help}): {node.Html}\n  {string.Join("; ", why)}",
            ];
        }
    }

    public static ILocatorAssertions Should(this ILocator locator) => Expect(locator);
}
