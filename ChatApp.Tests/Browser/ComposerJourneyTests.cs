using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>What the composer takes.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ComposerJourneyTests(BrowserFixture browser, ChatSite site)
{
    // One input event with all of the text, as a script of the person's own might cause.
    private const string Fill =
        "(field, length) => { field.focus(); field.value = 'é'.repeat(length); field.dispatchEvent(new Event('input', { bubbles: true })); }";

    [ChromiumFact]
    public async Task Paste_LongestMessage_ArrivesWhole()
    {
        site.Script(s => s.Text("Read it all.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;

        await page.Composer().EvaluateAsync(Fill, 200_000);
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

        await page.Composer().EvaluateAsync(Fill, 1_000_000);
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "200,000 can be sent at once. Shorten it by 800,000." }).Should().ToBeVisibleAsync();
        await page.Composer().PressAsync("Enter");

        await page.SendAsync("Short");
        await page.Answer().Should().ToHaveTextAsync("Still here.");
        await page.Questions().Should().ToHaveTextAsync(["Short"]);
    }

    [ChromiumFact]
    public async Task AsFile_UploadFails_KeepsTheTextUntilOneArrives()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        session.Expect("507");
        var page = session.Page;
        await page.RouteAsync("**/api/files", route => route.FulfillAsync(new() { Status = 507, ContentType = "application/problem+json", Body = "{}" }));
        await page.Composer().EvaluateAsync(Fill, 200_001);
        await page.Button("Attach it as a file").ClickAsync();
        await page.GetByText("message.txt was not uploaded").Should().ToBeVisibleAsync();
        Assert.Equal(200_001, (await page.Composer().InputValueAsync()).Length);

        await page.UnrouteAsync("**/api/files");
        await page.Button("Attach it as a file").ClickAsync();
        await page.Locator(".composer-files .chip a").Should().ToHaveCountAsync(1);
        await page.Composer().Should().ToHaveValueAsync("");
    }

    [ChromiumFact]
    public async Task Upload_AnotherConversationOpened_IsGivenUp()
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 1);
        session.Expect("ERR_ABORTED");
        var page = session.Page;
        // Never answered.
        await page.RouteAsync("**/api/files", _ => Task.CompletedTask);
        var givenUp = new TaskCompletionSource();
        page.RequestFailed += (_, request) =>
        {
            if (request.Url.EndsWith("/api/files", StringComparison.Ordinal))
                givenUp.TrySetResult();
        };
        await page.Locator("[data-picker]").SetInputFilesAsync(new FilePayload { Name = "notes.md", MimeType = "text/markdown", Buffer = "Hi"u8.ToArray() });
        await page.Locator(".composer-files progress").Should().ToBeVisibleAsync();
        await page.Row("Conversation 1").GetByRole(AriaRole.Link).ClickAsync();
        await givenUp.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await page.Locator(".composer-files .chip").Should().ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Suggestion_BeforeTheServerListens_IsSentOnceItDoes()
    {
        site.Script(s => s.Text("The moon does it.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        var line = await CircuitLine.PutInAsync(page);
        line.Hold();
        await page.GotoAsync("/");
        await page.WaitForSelectorAsync("chat-composer:defined textarea");

        await page.Locator(".suggestions button", new() { HasText = "how tides work" }).ClickAsync();
        await page.Composer().Should().ToHaveValueAsync("Explain how tides work, in plain words");
        line.Mend();

        await page.Answer().Should().ToHaveTextAsync("The moon does it.");
        await page.Questions().Should().ToHaveTextAsync(["Explain how tides work, in plain words"]);
        await page.Composer().Should().ToHaveValueAsync("");
    }

    [ChromiumFact]
    public async Task Focus_IsTakenInANewChatAndAfterThePointer_NeverFromAnotherFieldOrTheKeyboard()
    {
        site.Script(s => s.Text("Hello.").Finish());
        await using var session = await site.OpenSignedInAsync(browser, conversations: 2);
        var page = session.Page;
        var search = page.GetByLabel("Search conversations");
        await page.Composer().Should().ToBeFocusedAsync();
        await page.Row("Conversation 1").GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator(".topbar h1").Should().ToHaveTextAsync("Conversation 1");
        await page.Composer().Should().ToBeFocusedAsync();

        var row = page.Row("Conversation 2").GetByRole(AriaRole.Link);
        await row.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".topbar h1").Should().ToHaveTextAsync("Conversation 2");
        await row.Should().ToBeFocusedAsync();
        await page.Locator(".new-chat").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".suggestions").Should().ToBeVisibleAsync();
        await page.Composer().Should().ToBeFocusedAsync();

        // The first message makes the new chat a conversation.
        var line = await CircuitLine.PutInAsync(page);
        line.Hold();
        await page.GotoAsync("/");
        await page.SendAsync("Hi");
        await search.FocusAsync();
        line.Mend();
        await page.Answer().Should().ToHaveTextAsync("Hello.");
        await search.FocusAsync();
        await page.Composer().Should().Not.ToBeFocusedAsync();

        // What was being written when the circuit's first render replaced the field goes on.
        line.Hold();
        await page.ReloadAsync();
        await page.WaitForSelectorAsync("chat-composer:defined textarea");
        await page.Composer().Should().Not.ToBeFocusedAsync();
        await page.Composer().PressSequentiallyAsync("And th");
        line.Mend();
        await page.CircuitAsync();
        await page.Composer().Should().ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("en?");
        await page.Composer().Should().ToHaveValueAsync("And then?");
    }
}
