using System.Globalization;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Shared;

/// <summary>How large a file is, for people.</summary>
internal static class ByteSize
{
    public static string Of(IStringLocalizer t, long bytes) => bytes switch
    {
        < 1024 => t["{0} B", bytes],
        < 1024 * 1024 => t["{0} KB", (bytes / 1024.0).ToString("0.#", CultureInfo.CurrentCulture)],
        < 1024L * 1024 * 1024 => t["{0} MB", (bytes / 1024.0 / 1024.0).ToString("0.#", CultureInfo.CurrentCulture)],
        _ => t["{0} GB", (bytes / 1024.0 / 1024.0 / 1024.0).ToString("0.##", CultureInfo.CurrentCulture)],
    };
}
