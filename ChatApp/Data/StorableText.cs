using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace ChatApp.Data;

/// <summary>Text that every database gives back as it was stored.</summary>
public static class StorableText
{
    private static readonly SearchValues<char> Suspects = SearchValues.Create(['\0', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    /// <summary>
    /// The text with U+FFFD for each NUL, which PostgreSQL refuses and at which functions of SQLite and C take it for ended, and for
    /// each half of a surrogate pair, which is no Unicode. What a model says is treated alike. Null for null.
    /// </summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (text == null || !text.AsSpan().ContainsAny(Suspects))
            return text;
        return string.Create(text.Length, text, static (mended, text) =>
        {
            text.CopyTo(mended);
            for (int i = 0; i < mended.Length; i++)
            {
                if (char.IsHighSurrogate(mended[i]) && i + 1 < mended.Length && char.IsLowSurrogate(mended[i + 1]))
                    i++;
                else if (mended[i] == '\0' || char.IsSurrogate(mended[i]))
                    mended[i] = '\uFFFD';
            }
        });
    }
}
