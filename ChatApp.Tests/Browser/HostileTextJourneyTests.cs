using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Markdown;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>The corpus of <see cref="HostileTexts"/> in a real browser, with code colours and formulas: while it comes in, and after a reload.</summary>
[Collection(BrowserCollection.Name)]
public sealed class HostileTextJourneyTests(BrowserFixture browser, ChatSite site)
{
    private const string Trigger = "```js\nlet x = \"<img src=x onerror=alert(1)>\";\n```\n\n$a^2 + b^2$";

    // From the first moment on: what was there for one frame counts.
    private const string Watch =
        """
        globalThis.harm = [];
        const look = element => {
          if (element.closest(".prose, .bubble") === null) return;
          if (/^(script|iframe|object|embed|style|link|base|meta|form|svg)$/i.test(element.localName) && !element.closest(".katex, .icon, button")) harm.push("<" + element.localName);
          for (const { name, value } of element.attributes ?? []) {
            if (/^on/i.test(name)) harm.push(name);
            if (/^(href|src|action|formaction|data|xlink:href)$/i.test(name) && !/^(https?:|mailto:|\/files\/)/i.test(value)) harm.push(name + "=" + value);
          }
        };
        new MutationObserver(records => {
          for (const record of records) {
            if (record.type === "attributes") look(record.target);
            for (const node of record.addedNodes)
              if (node.nodeType === Node.ELEMENT_NODE) [node, ...node.querySelectorAll("*")].forEach(look);
          }
        }).observe(document, { subtree: true, childList: true, attributes: true });
        """;

    [ChromiumFact]
    public async Task Corpus_WhileItStreamsAndAfterAReload_DoesNothing()
    {
        string corpus = string.Join("\n\n---\n\n", HostileTexts.WithoutLinks.Concat<object[]>(HostileTexts.OnOtherHosts).Select(row => (string)row[0]));
        var frames = Channel.CreateUnbounded<bool>();
        site.Script(s => s.Text(Trigger + "\n\n").TextFrom(cancel => PacedAsync(corpus, frames.Reader, cancel)).Text("\n\n" + Trigger + "\n\nThe end.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        var foreign = new ConcurrentQueue<string>();
        string own = (await site.GetAppAsync()).Address.ToString();
        page.Context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(own, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("ws://" + new Uri(own).Authority, StringComparison.Ordinal))
                foreign.Enqueue(request.Url);
        };
        page.Dialog += (_, dialog) =>
        {
            foreign.Enqueue("dialog " + dialog.Message);
            _ = dialog.DismissAsync();
        };
        await page.AddInitScriptAsync(Watch);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.SendAsync("<img src=x onerror=alert(1)> [x](javascript:alert(1))");
        for (int sent = 0; sent < corpus.Length; sent += Step)
        {
            // A frame of the browser's for each few characters.
            await page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
            frames.Writer.TryWrite(true);
        }
        await CheckAsync();

        await page.ReloadAsync();
        await CheckAsync();

        async Task CheckAsync()
        {
            await page.Answer().Should().ToContainTextAsync("The end.");
            await page.Answer().Locator(".katex").Last.Should().ToBeAttachedAsync();
            await page.Answer().Locator("code .hljs-string").Last.Should().ToBeAttachedAsync();
            Assert.Empty(await page.EvaluateAsync<string[]>("() => [...new Set(harm)]"));
            Assert.Empty(foreign);
            await Expect(page.Locator(".prose :is(script, iframe, object, embed, style)")).ToHaveCountAsync(0);
        }
    }

    private const int Step = 12;

    private static async IAsyncEnumerable<string> PacedAsync(string text, ChannelReader<bool> frames, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int at = 0; at < text.Length; at += Step)
        {
            await frames.ReadAsync(cancellationToken);
            foreach (char c in text.AsSpan(at, Math.Min(Step, text.Length - at)).ToArray())
                yield return c.ToString();
        }
    }
}
