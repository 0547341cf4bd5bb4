using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>
/// A walk through the product at one size of the window and in one theme. At every stop it takes a screenshot and collects what axe finds
/// and what could not be reached; the end of the walk asserts that there was nothing.
/// </summary>
internal sealed class Tour(ColorScheme scheme, int width, int height)
{
    private readonly List<string> _findings = [];
    private int _stops;

    /// <summary>Whether the sidebar is a drawer and a finger the pointer.</summary>
    public bool IsNarrow => width <= 820;

    public BrowserNewContextOptions Options =>
        new()
        {
            ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height }, HasTouch = IsNarrow, IsMobile = IsNarrow,
            // What is fading in has no contrast yet.
            ReducedMotion = ReducedMotion.Reduce,
        };

    /// <summary>Looks at the page as it is now.</summary>
    public async Task StopAsync(BrowserSession session, string name)
    {
        _stops++;
        await session.ScreenshotAsync($"{width}-{scheme.ToString().ToLowerInvariant()}/{_stops.ToString("00", CultureInfo.InvariantCulture)}-{name}");
        string[] unreachable = await session.Page.FindUnreachableAsync(byFinger: width <= 390);
        var violations = await session.Page.FindViolationsAsync();
        _findings.AddRange(unreachable.Concat(violations).Select(finding => $"{name}: {finding}"));
    }

    public void AssertNothingFound() => Assert.True(_findings.Count == 0, $"{width} × {height}, {scheme}\n{string.Join('\n', _findings)}");
}
