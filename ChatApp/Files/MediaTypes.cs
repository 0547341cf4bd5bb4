using System.Text.Unicode;

namespace ChatApp.Files;

/// <summary>Tells what a file is by what is in it, never by its name or by what its sender calls it.</summary>
public static class MediaTypes
{
    public const string Text = "text/plain";

    /// <summary>The media type, one of four images or plain text; null for anything else.</summary>
    public static string? Detect(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(Png))
            return "image/png";
        if (content.StartsWith(Jpeg))
            return "image/jpeg";
        if (content.StartsWith("GIF87a"u8) || content.StartsWith("GIF89a"u8))
            return "image/gif";
        if (content.Length > 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8))
            return "image/webp";
        return IsText(content) ? Text : null;
    }

    public static bool IsImage(string mediaType) => mediaType.StartsWith("image/", StringComparison.Ordinal);

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    private static ReadOnlySpan<byte> Jpeg => [0xff, 0xd8, 0xff];

    /// <summary>UTF-8 without the controls that no text has.</summary>
    private static bool IsText(ReadOnlySpan<byte> content)
    {
        foreach (byte b in content)
        {
            if (b < ' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') || b == 0x7f)
                return false;
        }
        return Utf8.IsValid(content);
    }
}
