using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>
/// Collects JSON string values into one text. Works on UTF-16 units so that an emoji whose two halves come as escapes in
/// two deltas is put together again, which the JSON reader's own decoding refuses. A half without its other becomes U+FFFD.
/// </summary>
internal sealed class DeltaText : IDisposable
{
    private const char Replacement = '\uFFFD';
    private char[] _buffer = ArrayPool<char>.Shared.Rent(256);

    /// <summary>UTF-16 units collected, an open first half included.</summary>
    public int Length { get; private set; }

    /// <summary>Whether <see cref="Take"/> would give any text.</summary>
    public bool HasText => Length > 1 || (Length == 1 && !char.IsHighSurrogate(_buffer[0]));

    /// <summary>Appends the string that the reader stands on.</summary>
    public void Append(ref Utf8JsonReader json)
    {
        var utf8 = json.ValueSpan;
        if (utf8.IsEmpty)
            return;
        Reserve(utf8.Length);
        if (json.ValueIsEscaped)
            AppendEscaped(utf8);
        else
            AppendPlain(utf8);
    }

    /// <summary>Appends text without escapes.</summary>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length);
        AppendPlain(utf8);
    }

    /// <summary>Gives what is there and starts anew; keeps back a first half of a surrogate pair at the end.</summary>
    public string Take()
    {
        char last = _buffer[Length - 1];
        bool open = char.IsHighSurrogate(last);
        string text = new(_buffer, 0, open ? Length - 1 : Length);
        Length = 0;
        if (open)
            _buffer[Length++] = last;
        return text;
    }

    /// <summary>No more of this text will come: an open first half is one that has no other.</summary>
    public void Close() => ReplaceOpenHalf();

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void AppendPlain(ReadOnlySpan<byte> utf8)
    {
        ReplaceOpenHalf();
        Length += Encoding.UTF8.GetChars(utf8, _buffer.AsSpan(Length));
    }

    // The JSON reader has checked the escapes.
    private void AppendEscaped(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            int escape = utf8.IndexOf((byte)'\\');
            if (escape != 0)
            {
                AppendPlain(escape < 0 ? utf8 : utf8[..escape]);
                if (escape < 0)
                    return;
            }
            byte kind = utf8[escape + 1];
            int length = kind == 'u' ? 6 : 2;
            AppendUnit(kind switch
            {
                (byte)'n' => '\n',
                (byte)'t' => '\t',
                (byte)'r' => '\r',
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'u' => (char)ushort.Parse(utf8.Slice(escape + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                _ => (char)kind,
            });
            utf8 = utf8[(escape + length)..];
        }
    }

    private void AppendUnit(char unit)
    {
        if (char.IsLowSurrogate(unit))
        {
            bool paired = Length > 0 && char.IsHighSurrogate(_buffer[Length - 1]);
            _buffer[Length++] = paired ? unit : Replacement;
            return;
        }
        ReplaceOpenHalf();
        _buffer[Length++] = unit;
    }

    // A whole pair ends in its second half, so a first half at the end is an open one.
    private void ReplaceOpenHalf()
    {
        if (Length > 0 && char.IsHighSurrogate(_buffer[Length - 1]))
            _buffer[Length - 1] = Replacement;
    }

    // A JSON string never has more UTF-16 units than bytes.
    private void Reserve(int more)
    {
        if (_buffer.Length - Length >= more)
            return;
        char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + more));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
