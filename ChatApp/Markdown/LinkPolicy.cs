using System.Buffers;

namespace ChatApp.Markdown;

/// <summary>
/// Which addresses a message may link to: http, https, mailto and a file of this server's (<c>/api/files/{id}</c>). Everything else,
/// relative and protocol-relative addresses included, is shown as text.
/// </summary>
internal static class LinkPolicy
{
    private const string Files = "/api/files/";

    // Browsers drop tabs and line ends from an address and read a backslash as a slash; bidi and invisible characters make the
    // address that people read another one than the address that opens.
    private static readonly SearchValues<char> Deceptive = SearchValues.Create(
        [
            .. Enumerable.Range(0, 0x21).Select(code => (char)code).Where(character => character != ' '),
            .. Enumerable.Range(0x7f, 0x21).Select(code => (char)code),
            '\\', '\u00ad', '\u061c', '\ufeff', '\ufffd', '\u2028', '\u2029',
            .. Enumerable.Range(0x200b, 5).Select(code => (char)code),
            .. Enumerable.Range(0x202a, 5).Select(code => (char)code),
            .. Enumerable.Range(0x2060, 10).Select(code => (char)code),
        ]
    );

    /// <summary>Whether the address, as decoded from the markdown, may be linked.</summary>
    public static bool IsAllowed(string? url)
    {
        if (string.IsNullOrEmpty(url) || url.AsSpan().ContainsAny(Deceptive))
            return false;
        return IsOwnFile(url)
            || IsWeb(url)
            || (url.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) && url.Length > 7 && url[7] != '/');
    }

    /// <summary>
    /// Whether the address is a file of this server, which gives it to its owner alone: the only images that load without a click. Nothing may
    /// follow the id: an image is a GET of whatever its address names.
    /// </summary>
    public static bool IsOwnFile(string url) => url.StartsWith(Files, StringComparison.Ordinal) && Guid.TryParseExact(url.AsSpan(Files.Length), "D", out _);

    /// <summary>The host of a web address for people to read, in ASCII; empty when there is none.</summary>
    public static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.IdnHost : "";

    private static bool IsWeb(string url)
    {
        var isWeb =
            url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        // "https://bank.example@evil.example" shows one host and opens another.
        return isWeb && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.UserInfo.Length == 0;
    }
}
