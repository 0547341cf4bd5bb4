namespace ChatApp.Files;

/// <summary>A file that stands in its own address (RFC 2397).</summary>
internal static class DataUrl
{
    private const string Scheme = "data:";
    private const string Base64 = ";base64,";

    public static bool IsOne(string url) => url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>The bytes of a data URL in base64; null for one that can't be read. What it says of its type is left aside.</summary>
    public static byte[]? Read(string url)
    {
        int comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.AsSpan(0, comma + 1).EndsWith(Base64, StringComparison.OrdinalIgnoreCase))
            return null;
        var text = url.AsSpan(comma + 1);
        byte[] bytes = new byte[(text.Length + 3) / 4 * 3];
        return Convert.TryFromBase64Chars(text, bytes, out int length) ? bytes[..length] : null;
    }
}
