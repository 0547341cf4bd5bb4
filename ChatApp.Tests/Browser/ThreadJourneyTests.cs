using System.Text.RegularExpressions;
using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>What people do with the messages of a thread.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ThreadJourneyTests(BrowserFixture browser, ChatSite site)
{
    private const string Rich =
        """
        The sum of the first $n$ squares has a closed form[^gauss], which is how `sum_squares` avoids its loop:

        $$
        \sum_{k=1}^{n} k^2 = \frac{n(n+1)(2n+1)}{6}
        $$

        ```csharp
        // Constant time, however large n is.
        public static long SumOfSquares(long n) => n switch
        {
            < 0 => throw new ArgumentOutOfRangeException(nameof(n), "Must not be negative."),
            _ => n * (n + 1) * (2 * n + 1) / 6,
        };
        ```

        | n | loop | formula |
        |--:|-----:|--------:|
        | 1,000 | 0.6 µs | 1 ns |
        | 1,000,000 | 590 µs | 1 ns |

        - [x] it costs $5 and $10, not a formula
        - [ ] overflow above two million

        [^gauss]: Faulhaber, 1631.
        """;

    [ChromiumFact]
    public async Task CodeAndFormulas_AreColouredAndSet_LiveAndAfterAReload()
    {
        var (fence, end) = (new Gate(), new Gate());
        int at = Rich.IndexOf("```\n\n|", StringComparison.Ordinal);
        site.Script(s => s.Reasoning("Let me think of Gauss.").Text(Rich[..at]).Wait(fence).Text(Rich[at..(at + 6)]).Wait(end).Text(Rich[(at + 6)..]).Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("How do I sum squares quickly?");
        await page.Locator(".code-block code").Should().ToContainTextAsync("2 * n + 1");
        await page.Locator(".prose .katex").First.Should().ToBeVisibleAsync();
        await page.Locator(".math-scroll .katex").Should().ToBeVisibleAsync();
        await page.Locator(".code-block [class^=hljs]").Should().ToHaveCountAsync(0);
        fence.Open();
        await page.Locator(".code-block .hljs-keyword").First.Should().ToBeVisibleAsync();
        end.Open();
        await page.Button("Ask again").Last.Should().ToBeVisibleAsync();
        await AssertRichAsync(page);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await AssertRichAsync(page);
        await page.Locator(".note-number").ClickAsync();
        await Expect(page.Locator(".footnotes li")).ToBeFocusedAsync();
        foreach (var (scheme, width, height) in new[] { (ColorScheme.Light, 1440, 900), (ColorScheme.Dark, 1440, 900), (ColorScheme.Light, 390, 844), (ColorScheme.Dark, 390, 844) })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await page.SetViewportSizeAsync(width, height);
            await session.ScreenshotAsync($"thread-rich-{width}-{scheme}");
        }
    }

    private static async Task AssertRichAsync(IPage page)
    {
        await page.Locator(".code-block .hljs-keyword").First.Should().ToBeVisibleAsync();
        await page.Locator(".prose .katex").Should().ToHaveCountAsync(2);
        await page.Locator(".footnotes li").Should().ToContainTextAsync("Faulhaber");
        await page.Locator(".prose li").First.Should().ToContainTextAsync("it costs $5 and $10, not a formula");
        Assert.Equal("public static long", (await page.Locator(".code-block code").InnerTextAsync()).Split('\n')[1][..18]);
    }

    [ChromiumFact]
    public async Task EditRegenerateAndRate_MakeBranchesThatCanBeSwitched()
    {
        var app = await site.GetAppAsync();
        string second = $"s{Guid.NewGuid():n}"[..12];
        await app.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent(second, new AgentSettings(Model: "p/m"), "Zoe"), null, default);
        site.Script(
            s => s.Text("Paris is the capital of France.").Finish(), s => s.Text("Berlin is the capital of Germany.").Finish(),
            s => s.Text("It is Berlin, as Zoe says.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("The capital of France?");
        await page.Answer().Should().ToContainTextAsync("Paris");
        await page.Button("Ask again").Last.Should().ToBeVisibleAsync();

        // Who can't see the tick is told.
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Locator(".message-assistant [data-copy-message]").ClickAsync();
        await page.GetByRole(AriaRole.Status).GetByText("Copied", new() { Exact = true }).Should().ToBeVisibleAsync();
        await page.Locator("#copied").Should().ToBeEmptyAsync();

        // Edit: a branch beside the first message.
        await page.Questions().HoverAsync();
        await page.Button("Edit").ClickAsync();
        await Expect(page.GetByLabel("Edit your message")).ToBeFocusedAsync();
        await session.ScreenshotAsync("thread-edit");
        // A key of an input method, as Safari tells of it, is not the editor's.
        Assert.False(await page.GetByLabel("Edit your message").EvaluateAsync<bool>(
            """
            field => {
              let isCancelled = false;
              field.form.querySelector("[data-cancel]").addEventListener("click", () => { isCancelled = true; });
              field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", keyCode: 229, bubbles: true }));
              return isCancelled;
            }
            """));
        // An editor that is gone without a word has kept what was typed.
        await page.GetByLabel("Edit your message").FillAsync("The capital of");
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Questions().HoverAsync();
        await page.Button("Edit").ClickAsync();
        await Expect(page.GetByLabel("Edit your message")).ToHaveValueAsync("The capital of");
        await page.GetByLabel("Edit your message").FillAsync("The capital of Germany?");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.Answer().Should().ToContainTextAsync("Berlin");
        await page.Questions().Should().ToHaveTextAsync(["The capital of Germany?"]);

        // Switch, by mouse and by keyboard; the page remembers.
        await page.Button("Previous version").ClickAsync();
        await page.Answer().Should().ToContainTextAsync("Paris");
        await page.Locator(".branch-place").Should().ToContainTextAsync("1/2");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => Object.keys(sessionStorage).filter(name => name.startsWith('edit:')).length"));
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Answer().Should().ToContainTextAsync("Paris");
        await page.Locator(".message-user").FocusAsync();
        await page.Keyboard.PressAsync("]");
        await page.Answer().Should().ToContainTextAsync("Berlin");
        await Expect(page.Locator(".message-user")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator(".message-assistant")).ToBeFocusedAsync();

        // Another agent.
        await page.Button("Ask another agent").ClickAsync();
        await session.ScreenshotAsync("thread-agents");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("Zoe") }).ClickAsync();
        await page.Answer().Should().ToContainTextAsync("as Zoe says");
        await page.Locator(".message-assistant .message-author").Should().ToContainTextAsync("Zoe");
        await page.Locator(".message-assistant .branch-place").Should().ToContainTextAsync("2/2");

        // Opinion with a reason, and details.
        await page.Button("Bad answer").ClickAsync();
        await page.Button("Too long").ClickAsync();
        await page.GetByLabel("In your words").FillAsync("One word would do");
        await session.ScreenshotAsync("thread-feedback");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).Should().ToHaveCountAsync(0);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await Expect(page.Button("Bad answer")).ToHaveAttributeAsync("aria-pressed", "true");
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync())
            Assert.Contains("Too long: One word would do", await db.MessageFeedback.Select(f => f.Reason).ToListAsync());
        await page.Button("Bad answer").ClickAsync();
        await Expect(page.Button("Too long")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.GetByLabel("In your words")).ToHaveValueAsync("One word would do");
        await session.ScreenshotAsync("thread-feedback-again");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Dialog).Should().ToHaveCountAsync(0);
        await page.Button("Details").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("10 in, 5 out").Should().ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("revision 1").Should().ToBeVisibleAsync();
        await session.ScreenshotAsync("thread-details");
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.SetViewportSizeAsync(390, 844);
        await session.ScreenshotAsync("thread-details-390");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Dialog).Should().ToHaveCountAsync(0);
    }

    [ChromiumFact]
    public async Task Panel_OpenWhileTheNextAnswerEnds_StaysOpen()
    {
        var end = new Gate();
        site.Script(s => s.Text("One.").Finish(), s => s.Text("Two, ").Wait(end).Text("at last.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("First");
        await page.Button("Ask again").Should().ToBeVisibleAsync();
        await page.SendAsync("Second");
        await page.Answer().Should().ToContainTextAsync("Two,");
        await page.Locator(".message-assistant").First.HoverAsync();
        await page.Button("Details").First.ClickAsync();
        await page.Locator("pop-up .details").Should().ToBeVisibleAsync();
        end.Open();
        await page.Button("Ask again").Should().ToHaveCountAsync(2);
        await page.Answer().Should().ToHaveTextAsync("Two, at last.");
        await page.Locator("pop-up .details").Should().ToBeVisibleAsync();
    }

    /// <summary>A conversation with a branch of so many messages for each way in which it begins; the last one is shown.</summary>
    internal static async Task<Guid> SeedAsync(TestApp app, Guid owner, params int[] branches)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var conversation = new Conversation { Id = Guid.CreateVersion7(at), OwnerId = owner, Title = "Long", CreatedAt = at, UpdatedAt = at };
        Guid? parent = null;
        foreach (int count in branches)
        {
            parent = null;
            for (int i = 1; i <= count; i++)
            {
                at = at.AddSeconds(1);
                bool asks = i % 2 == 1;
                var message = new Message
                {
                    Id = Guid.CreateVersion7(at), ConversationId = conversation.Id, ParentId = parent, Role = asks ? MessageRole.User : MessageRole.Assistant,
                    Status = MessageStatus.Completed, CreatedAt = at,
                    Content = asks ? $"Question {i}" : $"Answer {i}. **Some** words of it.\n\n- one\n- two\n",
                };
                db.Messages.Add(message);
                parent = message.Id;
            }
        }
        conversation.ActiveLeafId = parent;
        db.Conversations.Add(conversation);
        await db.SaveChangesAsync();
        return conversation.Id;
    }
}
