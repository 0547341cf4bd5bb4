using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>Speech into the composer, with a recognition that the test speaks for: headless Chromium has none.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DictationTests(BrowserFixture browser, ChatSite site)
{
    private const string FakeSpeech =
        """
        window.SpeechRecognition = class extends EventTarget {
          start() { window.recognition = this; }
          stop() { this.dispatchEvent(new Event('end')); }
          abort() { window.aborted = true; this.dispatchEvent(new Event('end')); }
          hear(...parts) { this.dispatchEvent(Object.assign(new Event('result'), { results: parts.map(transcript => [{ transcript }]) })); }
        };
        """;

    // Whose drafts the composer shows, one after another.

    [ChromiumFact]
    public async Task Dictation_ShowsWhatItHears_InThePagesLanguage()
    {
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.AddInitScriptAsync(FakeSpeech);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Composer().FillAsync("So:");
        await page.Button("Dictate").ClickAsync();
        await page.Button("Stop dictating").Should().ToBeVisibleAsync();
        Assert.Equal("en", await page.EvaluateAsync<string>("() => { recognition.hear('hel'); return recognition.lang; }"));
        await page.Composer().Should().ToHaveValueAsync("So: hel");
        await page.EvaluateAsync("() => recognition.hear('hello ', 'world')");
        await page.Composer().Should().ToHaveValueAsync("So: hello world");
        await page.Keyboard.PressAsync("Escape");
        await page.Button("Dictate").Should().ToBeVisibleAsync();
    }

    [ChromiumFact]
    public async Task Dictation_WhileOneTypes_KeepsBoth_AndEndsWithItsConversation()
    {
        await using var session = await site.OpenSignedInAsync(browser, conversations: 1);
        var page = session.Page;
        await page.AddInitScriptAsync(FakeSpeech);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Composer().FillAsync("Dear");
        await page.Button("Dictate").ClickAsync();
        await page.Button("Stop dictating").Should().ToBeVisibleAsync();
        await page.EvaluateAsync("() => recognition.hear('Dor')");
        await page.Composer().Should().ToHaveValueAsync("Dear Dor");
        await page.Keyboard.TypeAsync("!");
        await page.EvaluateAsync("() => recognition.hear('Dora ', 'and Bob')");
        await page.Composer().Should().ToHaveValueAsync("Dear Dora and Bob!");
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.TypeAsync("My ");
        await page.EvaluateAsync("() => recognition.hear('Dora ', 'and Bea')");
        await page.Composer().Should().ToHaveValueAsync("My Dear Dora and Bea!");
        Assert.Equal(3, await page.Composer().EvaluateAsync<int>("field => field.selectionStart"));
        // What was heard and is changed is the person's own text from then on.
        await page.Composer().FillAsync("My dear Dora, ");
        await page.EvaluateAsync("() => recognition.hear('Dora ', 'and Bea', 'hello')");
        await page.Composer().Should().ToHaveValueAsync("My dear Dora, hello");

        await page.EvaluateAsync("() => { window.first = recognition; }");
        await page.Row("Conversation 1").GetByRole(AriaRole.Link).ClickAsync();
        await page.Composer().Should().ToHaveValueAsync("");
        await page.EvaluateAsync("() => first.hear('Dora ', 'and Bea', 'hello there')");
        await page.Composer().Should().ToHaveValueAsync("");
        await page.WaitForFunctionAsync("() => window.aborted");
        await page.Button("Dictate").Should().ToBeVisibleAsync();
    }
}
