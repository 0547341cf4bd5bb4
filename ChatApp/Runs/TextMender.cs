using System.Text;

namespace ChatApp.Runs;

/// <summary>
/// Makes text that comes in pieces storable on every database and wire: half an emoji waits for its other half, an unpaired surrogate
/// and NUL become U+FFFD. Of one block.
/// </summary>
internal sealed class TextMender
{
    private char _held;

    /// <summary>The piece, with what was held back before it; empty where it is held back itself.</summary>
    public string Mend(string text)
    {
        if (_held == 0 && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.Contains('\0'))
            return text;
        var mended = new StringBuilder(text.Length + 1);
        if (_held != 0)
            text = _held + text;
        _held = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i == text.Length - 1)
                _held = c;
            else if (char.IsHighSurrogate(c) && char.IsLowSurrogate(text[i + 1]))
                mended.Append(c).Append(text[++i]);
            else
                mended.Append(char.IsSurrogate(c) || c == '\0' ? '\uFFFD' : c);
        }
        return mended.ToString();
    }

    /// <summary>What stands for a half that no other half follows; empty where there is none. Then it is ready for another text.</summary>
    public string End()
    {
        bool isOpen = _held != 0;
        _held = '\0';
        return isOpen ? "\uFFFD" : "";
    }
}
