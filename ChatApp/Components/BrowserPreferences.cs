using System.Globalization;
using ChatApp.Profiles;

namespace ChatApp.Components;

/// <summary>
/// What the browser remembers in cookies (written by <c>wwwroot/js/preferences.js</c>), so that the first paint is already right.
/// </summary>
/// <param name="Theme">light or dark; null follows the system.</param>
/// <param name="Sidebar">collapsed, or null for open.</param>
/// <param name="UtcOffset">Minutes by which the browser's clock is ahead of UTC; 0 on the first visit.</param>
/// <param name="TextSize">Percent of the usual size.</param>
public sealed record BrowserPreferences(string? Theme, string? Sidebar, int UtcOffset, int TextSize = Preferences.UsualTextSize)
{
    /// <summary>For the page's root element, from which all sizes follow; null for the usual size.</summary>
    public string? RootStyle => TextSize == Preferences.UsualTextSize ? null : string.Create(CultureInfo.InvariantCulture, $"--text-scale:{TextSize / 100.0}");

    public string LightMedium => Theme switch { "light" => "all", "dark" => "not all", _ => "not (prefers-color-scheme: dark)" };

    public string DarkMedium => Theme switch { "dark" => "all", "light" => "not all", _ => "(prefers-color-scheme: dark)" };

    /// <summary>Takes only values that we write ourselves; anything else counts as absent.</summary>
    public static BrowserPreferences Read(IRequestCookieCollection cookies) => new(
        cookies["theme"] is "light" or "dark" ? cookies["theme"] : null,
        cookies["sidebar"] is "collapsed" ? "collapsed" : null,
        // Not the zone's name: looking up any name that a request brings opens files by it.
        int.TryParse(cookies["utc_offset"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int minutes) && minutes is >= -14 * 60 and <= 14 * 60 ? minutes : 0,
        int.TryParse(cookies["text_size"], NumberStyles.None, CultureInfo.InvariantCulture, out int size) && Preferences.TextSizes.Contains(size) ? size : Preferences.UsualTextSize);
}
