using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>One headless Chromium for all tests; every test opens its own <see cref="BrowserSession"/> in it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? playwright;
    private const float Patience = 60_000;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        // Skipped tests build their fixture, too.
        if (Chromium.Path is null && !Chromium.IsRequired)
            return;
        // A patience, not a bound: a busy machine must not decide a test.
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium.Path ?? throw new InvalidOperationException(Chromium.Missing),
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--no-first-run",
                ],
            }
        );
    }

    /// <summary>A new browser profile with one page, for one test.</summary>
    /// <param name="baseUrl">The server's address; relative addresses start there.</param>
    /// <param name="options">Viewport, colour scheme and the like; null for a desktop of 1440 × 900.</param>
    public async Task<BrowserSession> OpenAsync(string baseUrl, BrowserNewContextOptions? options = null)
    {
        options ??= new() { ViewportSize = new() { Width = 1440, Height = 900 } };
        options.BaseURL = baseUrl;
        var context = await (browser ?? throw new InvalidOperationException(Chromium.Missing)).NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return await BrowserSession.StartAsync(context);
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
