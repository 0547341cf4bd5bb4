using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatApp.Dialects.Sse;

/// <summary>
/// Composes server-sent events (WHATWG HTML, section 9.2) straight into the response's buffer. Lines end in LF, the data
/// of an event stand on one line. Nothing is sent before the stream flushes.
/// </summary>
internal sealed class SseFrames(IBufferWriter<byte> output, JavaScriptEncoder encoder) : IDisposable
{
    // SkipValidation: values are written as fragments into envelopes that stand ready as bytes.
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = encoder, SkipValidation = true });

    public SseFrames Raw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        return this;
    }

    /// <summary>Writes text that is known to hold no line break, such as JSON of our own making.</summary>
    public SseFrames Raw(ReadOnlySpan<char> text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
        return this;
    }

    public SseFrames Number(long value)
    {
        var span = output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out int written);
        output.Advance(written);
        return this;
    }

    /// <summary>With all digits of its scale.</summary>
    public SseFrames Number(decimal value)
    {
        var span = output.GetSpan(40);
        Utf8Formatter.TryFormat(value, span, out int written);
        output.Advance(written);
        return this;
    }

    /// <summary>Writes a JSON string with its quotes. Escaping keeps CR, LF and NUL out of the frame.</summary>
    public SseFrames String(ReadOnlySpan<char> value)
    {
        _json.Reset();
        if (value.Length <= PieceChars)
        {
            _json.WriteStringValue(value);
        }
        else
        {
            for (; value.Length > PieceChars; value = value[PieceChars..])
                _json.WriteStringValueSegment(value[..PieceChars], isFinalSegment: false);
            _json.WriteStringValueSegment(value, isFinalSegment: true);
        }
        _json.Flush();
        return this;
    }

    /// <summary>
    /// The writer asks for room for the worst case of what it is given. What fits no block of the response's buffer would get an array
    /// of its own, several times its size, and keep it until the client has read it.
    /// </summary>
    private const int PieceChars = 1024;

    public void Dispose() => _json.Dispose();
}
