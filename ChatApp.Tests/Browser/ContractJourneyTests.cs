using ChatApp.Tests.Conformance;
using ChatApp.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>What a client asks over one of the contracts, its person sees in the browser while the answer is being written.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ContractJourneyTests(BrowserFixture browser, ChatSite site)
{
    public static TheoryData<string> Contracts => [.. Contract.All.Select(c => c.Name)];

    [ChromiumTheory]
    [MemberData(nameof(Contracts))]
    public async Task Answer_OverAContract_ShowsUpInTheSidebarAndGrowsInTheOpenPage(string name)
    {
        var contract = Contract.Of(name);
        var (middle, last) = (new Gate(), new Gate());
        site.Script(s => s.Text("One ").Wait(middle).Text("**two** ").Wait(last).Text("three.").Finish());
        var app = await site.GetAppAsync();
        var (user, email) = await site.CreatePersonAsync();
        string key = await app.CreateKeyAsync(user.Id);
        using var client = app.CreateClient(key);
        await using var session = await browser.OpenAsync(app.Address.ToString());
        var page = session.Page;
        await page.GotoAsync("/");
        await page.SignInAsync(email);
        await page.CircuitAsync();
        await page.Locator(".conversation-row").Should().ToHaveCountAsync(0);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));

        // A session and a conversation with an avee are there before their first question.
        var call = await contract.OpenAsync(app, user, client);
        var answer = ChunkClient.AskAsync(contract, call, app.Address, key, null, limit.Token);

        var row = page.Locator(".conversation-row");
        await row.Should().ToHaveCountAsync(1);
        await row.Locator(".streaming-dot").Should().ToBeVisibleAsync();
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await page.Answer().Should().ToHaveTextAsync("One");
        await page.Questions().Should().ToHaveTextAsync(["Hi"]);
        middle.Open();
        await page.Answer().Should().ToHaveTextAsync("One two");
        Assert.False(answer.IsCompleted);
        last.Open();
        await page.Answer().Should().ToHaveTextAsync("One two three.");

        var read = await answer;
        Assert.Equal(("One **two** three.", true), (read.Text, read.Done));
        await page.Button("Send").Should().ToBeVisibleAsync();
        await page.ReloadAsync();
        await page.Answer().Should().ToHaveTextAsync("One two three.");
    }
}
