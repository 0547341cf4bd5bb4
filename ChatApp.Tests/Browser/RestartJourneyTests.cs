using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChatApp.Tests.Browser;

/// <summary>The page outlives its server: killed for real, and started again behind the same address.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RestartJourneyTests(BrowserFixture browser)
{
    private const string Person = "restart@example.com";

    [ChromiumFact]
    public async Task ServerRestarts_BehindAProxyThatSays502_PageComesBackToTheConversationWithItsDraft()
    {
        using var data = new TestDirectory();
        // Not disposed: that deletes the data.
        var app = await TestApp.StartAsync(directory: data);
        await app.CreateUserAsync(Person, admin: true);
        await app.StopAsync();
        await using var first = await ServerProcess.StartAsync(data.Path, []);
        await using var proxy = new CuttingProxy(first.Address);
        await using var session = await browser.OpenAsync(proxy.Address.ToString());
        session.Expect("502");
        session.Expect("Connection disconnected");
        session.Expect("Failed to");
        session.Expect("could not be rejoined");
        var page = session.Page;
        await page.GotoAsync("/");
        await page.SignInAsync(Person);
        await page.SendAsync("/demo tokens=5 delay=1");
        await page.Answer().Should().ToHaveTextAsync("w1 w2 w3 w4 w5");
        await page.Button("Send").Should().ToBeVisibleAsync();
        await page.Composer().FillAsync("/demo tokens=2 delay=1");
        string address = page.Url;
        await page.EvaluateAsync("() => window.isOld = true");

        await using var gateway = new BadGateway();
        proxy.Target = await gateway.StartAsync();
        await first.KillAsync();
        await gateway.Asked.WaitAsync(TimeSpan.FromMinutes(1));
        // The circuit finds the new server before the pages do.
        int asked = 0;
        await page.RouteAsync("**/favicon.svg", route =>
            ++asked == 1 ? route.FulfillAsync(new() { Status = StatusCodes.Status502BadGateway }) : route.ContinueAsync());
        await page.RouteAsync("**/c/*", route =>
            asked < 2 ? route.FulfillAsync(new() { Status = StatusCodes.Status502BadGateway, Body = "Bad gateway" }) : route.ContinueAsync());
        await using var second = await ServerProcess.StartAsync(data.Path, []);
        proxy.Target = second.Address;

        await page.WaitForFunctionAsync("() => !window.isOld && document.querySelector('chat-composer[data-connected]')", null, new() { Timeout = 60_000 });
        Assert.Equal(2, asked);
        Assert.Equal(address, page.Url);
        await page.Answer().Should().ToHaveTextAsync("w1 w2 w3 w4 w5");
        await page.Composer().Should().ToHaveValueAsync("/demo tokens=2 delay=1");
        await page.Composer().PressAsync("Enter");
        await page.Answer().Should().ToHaveTextAsync("w1 w2");
        await page.Composer().Should().ToHaveValueAsync("");
    }

    /// <summary>What a proxy answers while there is no server behind it.</summary>
    private sealed class BadGateway : IAsyncDisposable
    {
        private readonly WebApplication _app = WebApplication.CreateSlimBuilder().Build();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes with the first request.</summary>
        public Task Asked => _asked.Task;

        public async Task<Uri> StartAsync()
        {
            _app.Urls.Add("http://127.0.0.1:0");
            _app.Run(context =>
            {
                _asked.TrySetResult();
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
                // The next request is for whoever is behind the proxy then.
                context.Response.Headers.Connection = "close";
                return context.Response.WriteAsync("Bad gateway");
            });
            await _app.StartAsync();
            return new Uri(_app.Urls.Single());
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
