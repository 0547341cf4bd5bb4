using System.Buffers;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>
/// What stays the same from one chunk of an answer to the next: with many servers they differ in one string only, the text that they
/// bring. Where the bytes before and behind it are those of a chunk that was read as JSON, and the string between needs no decoding,
/// the rest of it need not be read again. (OpenAI's own chunks differ in more: they end in random characters.)
/// </summary>
internal sealed class ChunkFrame
{
    // What ends a JSON string, begins an escape, or must not stand in one (RFC 8259 section 7).
    private static readonly SearchValues<byte> NotPlain =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private byte[] _bytes = [];
    private int _head;
    private int _length;

    /// <summary>Remembers a chunk.</summary>
    /// <param name="start">Of its text in it, behind the quote.</param>
    /// <param name="length">Of its text as it stands in it, in bytes.</param>
    public void Keep(ReadOnlySpan<byte> chunk, int start, int length)
    {
        var tail = chunk[(start + length)..];
        if (_bytes.Length < start + tail.Length)
            _bytes = new byte[start + tail.Length];
        chunk[..start].CopyTo(_bytes);
        tail.CopyTo(_bytes.AsSpan(start));
        (_head, _length) = (start, start + tail.Length);
    }

    /// <summary>The text of a chunk that is like the one that was kept.</summary>
    public bool TryRead(ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_length == 0 || chunk.Length < _length
            || !chunk.EndsWith(_bytes.AsSpan(_head, _length - _head)) || !chunk.StartsWith(_bytes.AsSpan(0, _head)))
            return false;
        var between = chunk[_head..(chunk.Length - (_length - _head))];
        if (between.ContainsAny(NotPlain))
            return false;
        text = between;
        return true;
    }
}
