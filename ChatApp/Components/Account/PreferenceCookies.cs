using System.Globalization;
using ChatApp.Profiles;
using Microsoft.AspNetCore.Localization;

namespace ChatApp.Components.Account;

/// <summary>
/// Writes a person's preferences into the browser, where every first answer of the server finds them: at sign-in, so that a new
/// browser is as the others are, and when they change. The names are those of <see cref="BrowserPreferences"/> and preferences.js.
/// </summary>
internal static class PreferenceCookies
{
    public static void Write(HttpContext http, Preferences preferences)
    {
        Set(http, "theme", preferences.Theme);
        Set(http, "text_size", preferences.TextSize == Preferences.UsualTextSize ? null : preferences.TextSize.ToString(CultureInfo.InvariantCulture));
        Set(http, CookieRequestCultureProvider.DefaultCookieName,
            preferences.Language is { } language ? CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)) : null);
    }

    private static void Set(HttpContext http, string name, string? value)
    {
        // Scripts read and write them, too: the theme changes without a round trip.
        var options = new CookieOptions { Path = "/", SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true };
        if (value is null)
            http.Response.Cookies.Delete(name, options);
        else
            http.Response.Cookies.Append(name, value, new CookieOptions(options) { MaxAge = TimeSpan.FromDays(365) });
    }
}
