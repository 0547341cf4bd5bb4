namespace ChatApp.Components;

/// <summary>
/// What the browser remembers in cookies (written by <c>wwwroot/js/preferences.js</c>), so that the first paint is already right.
/// </summary>
/// <param name="Theme">light or dark; null follows the system.</param>
/// <param name="Sidebar">collapsed, or null for open.</param>
/// <param name="TimeZone">IANA name of the browser's time zone; null on the first visit.</param>
public sealed record BrowserPreferences(string? Theme, string? Sidebar, string? TimeZone)
{
    public string LightMedium => Theme switch { "light" => "all", "dark" => "not all", _ => "not (prefers-color-scheme: dark)" };

    public string DarkMedium => Theme switch { "dark" => "all", "light" => "not all", _ => "(prefers-color-scheme: dark)" };

    /// <summary>Takes only values that we write ourselves; anything else counts as absent.</summary>
    public static BrowserPreferences Read(IRequestCookieCollection cookies) => new(
        cookies["theme"] is "light" or "dark" ? cookies["theme"] : null,
        cookies["sidebar"] is "collapsed" ? "collapsed" : null,
        TimeZoneInfo.TryFindSystemTimeZoneById(cookies["tz"] ?? "", out _) ? cookies["tz"] : null);
}
