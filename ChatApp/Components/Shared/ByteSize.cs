using System.Globalization;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Shared;

/// <summary>How large a file is, for people.</summary>
internal static class ByteSize
{
    public static string Of(IStringLocalizer t, long bytes) => bytes switch
    {
        < 1024 => t["{0} B", bytes],
        < 1024 * 1024 => t["{0} KB", Rounded(bytes / 1024.0)],
        < 1024L * 1024 * 1024 => t["{0} MB", Rounded(bytes / 1024.0 / 1024.0)],
        _ => t["{0} GB", Rounded(bytes / 1024.0 / 1024.0 / 1024.0)],
    };

    // As the composer's chips have it (wwwroot/js/composer/dom.js).
    private static string Rounded(double value) => value.ToString(value < 10 ? "0.#" : "N0", CultureInfo.CurrentCulture);
}
