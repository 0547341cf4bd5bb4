using System.Text.RegularExpressions;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>A reader's place in a thread: it is theirs, whatever comes, goes and grows.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ThreadPlaceTests(BrowserFixture browser, ChatSite site)
{
    private const string QuestionAtTop =
        "() => { const s = document.querySelector('.thread-scroll'), q = [...document.querySelectorAll('.message-user')].at(-1); return Math.abs(q.getBoundingClientRect().top - s.getBoundingClientRect().top - 16) < 3; }";

    private const string AtEnd =
        "() => { const s = document.querySelector('.thread-scroll'); return s.scrollHeight - s.clientHeight - s.scrollTop < 3; }";

    private const string ScrollNearTheTop =
        "() => { const s = document.querySelector('.thread-scroll'); s.scrollTop = 400; const m = [...document.querySelectorAll('.message')].find(m => m.offsetTop > 400); return [m.dataset.message, String(m.offsetTop - 400)]; }";

    private const string FirstInSight =
        "() => { const s = document.querySelector('.thread-scroll'), m = document.querySelector('thread-scroller').first(); return [m.dataset.message, String(m.offsetTop - s.scrollTop)]; }";

    private const string StaysInPlace =
        "([id, offset]) => { const s = document.querySelector('.thread-scroll'), m = document.querySelector(`[data-message=\"${id}\"]`); return m && Math.abs(m.offsetTop - s.scrollTop - offset) < 3; }";

    // What is kept, as soon as it is where the reader is: it is kept a moment after the last movement.
    private const string KeptPlace =
        """
        () => {
          const thread = document.querySelector("thread-scroller"), first = thread.first();
          const kept = sessionStorage.getItem("place:" + thread.dataset.thread) ?? "";
          const [id, at] = kept.split(" ");
          return first?.dataset.message === id && Math.abs(first.offsetTop - document.querySelector(".thread-scroll").scrollTop - at) < 3 && kept;
        }
        """;

    private const string SwitcherTop = "() => document.querySelector('.branches').getBoundingClientRect().top";

    private const string SwitcherIsAt = "top => { const b = document.querySelector('.branches'); return b && Math.abs(b.getBoundingClientRect().top - top) < 3; }";

    [ChromiumFact]
    public async Task SentMessage_GoesToTheTop_AndTheViewFollowsOnlyAtTheEnd()
    {
        var (begin, more, last) = (new Gate(), new Gate(), new Gate());
        string Lines(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(i => $"Line {i} of the answer.\n\n"));
        site.Script(
            s => s.Text(Lines(1, 3)).Wait(begin).Text(Lines(4, 57)).Finish(),
            s => s.Text(Lines(1, 3)).Wait(more).Text(Lines(4, 60)).Wait(last).Text(Lines(64, 20)).Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        // The first message of a chat, too.
        await page.SendAsync("First");
        await page.Answer().Should().ToContainTextAsync("Line 3");
        begin.Open();
        await page.Button("Ask again").Last.Should().ToBeVisibleAsync();
        await page.Button("Jump to latest").Should().ToBeVisibleAsync();
        await page.WaitForFunctionAsync(QuestionAtTop);
        await page.SendAsync("Second");
        await page.Questions().Should().ToHaveCountAsync(2);
        await page.Answer().Should().ToContainTextAsync("Line 3");
        await page.WaitForFunctionAsync(QuestionAtTop);
        await session.ScreenshotAsync("thread-sent-to-top");
        more.Open();
        await page.Answer().Should().ToContainTextAsync("Line 60");
        // It stays there while the answer outgrows the view, and a button leads to the end, which is then followed.
        await page.Button("Jump to latest").Should().ToBeVisibleAsync();
        await page.WaitForFunctionAsync(QuestionAtTop);
        await page.Button("Jump to latest").ClickAsync();
        await page.Button("Jump to latest").Should().ToBeHiddenAsync();
        await page.WaitForFunctionAsync(AtEnd);
        last.Open();
        await page.Answer().Should().ToContainTextAsync("Line 83");
        await page.Button("Ask again").Should().ToHaveCountAsync(2);
        await page.WaitForFunctionAsync(AtEnd);
        // A reader's place is theirs, also after a reload.
        await page.Locator(".thread-scroll").HoverAsync();
        await page.Mouse.WheelAsync(0, -2000);
        await page.Button("Jump to latest").Should().ToBeVisibleAsync();
        // Once the wheel's scrolling has come to its end.
        string seen = await (await page.WaitForFunctionAsync(KeptPlace)).JsonValueAsync<string>();
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.WaitForFunctionAsync(StaysInPlace, seen.Split(' '));
    }

    [ChromiumFact]
    public async Task TwoThousandMessages_OpenAtTheEndAndLoadUpwards()
    {
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        var conversation = await ThreadJourneyTests.SeedAsync(app, user.Id, 2000);
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync($"/c/{conversation}");
        await page.SignInAsync(email);
        await page.CircuitAsync();
        await page.Locator("[data-message]").Last.Should().ToContainTextAsync("Answer 2000");
        await page.WaitForFunctionAsync(AtEnd);
        Assert.InRange(await page.Locator("[data-message]").CountAsync(), 30, 90);
        // Upwards, with the place kept: what was in sight stays where it was.
        for (int round = 0; round < 3; round++)
        {
            int before = await page.Locator("[data-message]").CountAsync();
            string[] seen = await page.EvaluateAsync<string[]>(ScrollNearTheTop);
            await page.WaitForFunctionAsync("count => document.querySelectorAll('[data-message]').length > count", before);
            await page.WaitForFunctionAsync(StaysInPlace, seen);
        }
        await session.ScreenshotAsync("thread-long");
        // So far up a reload leads back to it, and loads no more than that.
        int loaded = await page.Locator("[data-message]").CountAsync();
        Assert.InRange(loaded, 120, 300);
        string[] place = await page.EvaluateAsync<string[]>(FirstInSight);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.WaitForFunctionAsync(StaysInPlace, place);
        await page.Button("Jump to latest").Should().ToBeVisibleAsync();
        Assert.InRange(await page.Locator("[data-message]").CountAsync(), 31, loaded + 30);
    }

    [ChromiumFact]
    public async Task Branch_OfTheFirstQuestion_IsSwitchedBeneathTheFinger()
    {
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        var conversation = await ThreadJourneyTests.SeedAsync(app, user.Id, 100, 2);
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync($"/c/{conversation}");
        await page.SignInAsync(email);
        await page.CircuitAsync();
        // Short enough to be at its end, and to follow it.
        await page.Locator("[data-message]").Should().ToHaveCountAsync(2);
        await page.WaitForFunctionAsync(AtEnd);
        double top = await page.EvaluateAsync<double>(SwitcherTop);
        await page.Button("Previous version").ClickAsync();
        await page.Locator("[data-message]").Should().ToHaveCountAsync(100);
        await page.WaitForFunctionAsync(SwitcherIsAt, top);
        await Expect(page.Button("Next version")).ToBeInViewportAsync();
        await page.Button("Next version").ClickAsync();
        await page.Locator("[data-message]").Should().ToHaveCountAsync(2);
        await page.WaitForFunctionAsync(SwitcherIsAt, top);
    }

    [ChromiumFact]
    public async Task Branch_OfALongAnswerAtItsEnd_IsSwitchedBeneathTheFinger()
    {
        string longOne = string.Concat(Enumerable.Range(1, 60).Select(i => $"Line {i} of the answer.\n\n"));
        site.Script(s => s.Text(longOne).Finish(), s => s.Text("In short: no.").Finish());
        await using var session = await site.OpenSignedInAsync(browser);
        var page = session.Page;
        await page.SendAsync("Shall we?");
        await page.Button("Ask again").ClickAsync();
        await page.Answer().Should().ToHaveTextAsync("In short: no.");
        // Asked again, it is at the top again, though so little stands beneath it now.
        await page.WaitForFunctionAsync(QuestionAtTop);
        await page.Button("Previous version").Should().ToBeVisibleAsync();
        double top = await page.EvaluateAsync<double>(SwitcherTop);
        await page.Button("Previous version").ClickAsync();
        await page.Answer().Should().ToContainTextAsync("Line 60");
        await page.WaitForFunctionAsync(SwitcherIsAt, top);
        // From the end, which is followed, to an answer that does not fill the view.
        await page.Locator(".thread-scroll").HoverAsync();
        await page.Mouse.WheelAsync(0, 20_000);
        await page.WaitForFunctionAsync(AtEnd);
        top = await page.EvaluateAsync<double>(SwitcherTop);
        await page.Button("Next version").ClickAsync();
        await page.Answer().Should().ToHaveTextAsync("In short: no.");
        await session.ScreenshotAsync("thread-switched");
        await page.Button("Previous version").ClickAsync();
        await page.Answer().Should().ToContainTextAsync("Line 60");
        await Expect(page.Button("Next version")).ToBeInViewportAsync();
    }

    [ChromiumFact]
    public async Task Link_ToAMessageFarAbove_LoadsUpToItAndFocusesIt()
    {
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        var conversation = await ThreadJourneyTests.SeedAsync(app, user.Id, 260, 2);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        var message = await db.Messages.Where(m => m.ConversationId == conversation && m.Content == "Question 101").Select(m => m.Id).SingleAsync();
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync($"/c/{conversation}?m={message}");
        await page.SignInAsync(email);
        await page.CircuitAsync();
        var found = page.Locator($"[data-message='{message}']");
        await found.Should().ToBeInViewportAsync();
        await found.Should().ToContainTextAsync("Question 101");
        await Expect(found).ToBeFocusedAsync();
        // Where nothing is to move, the mark stands still, for long enough to be seen.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        Assert.Equal("2s solid", await found.EvaluateAsync<string>(
            "m => { m.classList.add('is-found'); const style = getComputedStyle(m); return `${style.animationDuration} ${style.outlineStyle}`; }"));
        await Expect(found).Not.ToHaveClassAsync(new Regex("is-found"));
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        // Whoever has gone on from there and reloads is where they were.
        await page.Button("Jump to latest").ClickAsync();
        await page.WaitForFunctionAsync(AtEnd);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Locator("[data-message]").Last.Should().ToBeInViewportAsync();
        await page.WaitForFunctionAsync(AtEnd);
        // And on the branch where they were.
        var other = await db.Messages.Where(m => m.ConversationId == conversation && m.Content == "Question 1").OrderByDescending(m => m.Id).Select(m => m.Id).FirstAsync();
        await app.Services.GetRequiredService<MessageTree>().ShowAsync(new CurrentUser(user.Id, false, Permissions.ScopesOf(false).ToHashSet()), conversation, other, default);
        await page.Locator("[data-message]").Should().ToHaveCountAsync(2);
        await page.ReloadAsync();
        await page.CircuitAsync();
        await page.Button("Previous version").Should().ToBeVisibleAsync();
        await page.Locator("[data-message]").Should().ToHaveCountAsync(2);
    }
}
