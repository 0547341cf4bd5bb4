using System.Buffers;

namespace ChatApp.Providers.Anthropic;

/// <summary>A message stream's body that says so when it ends or breaks before <c>message_stop</c>.</summary>
internal sealed class WatchedBody(Stream body, ProviderErrors errors) : Stream
{
    private const int MaxEventBytes = 1024 * 1024;

    // Text in an answer can't look like this: inside JSON a line feed is an escape.
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);
    private readonly byte[] _lineStart = new byte[32];
    private int _lineLength;
    private int _sinceEvent;
    private bool _stopped;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw errors.FromException(e, streaming: true);
        }
        if (read > 0)
            Watch(buffer.Span[..read]);
        else if (buffer.Length > 0 && !_stopped)
            throw errors.EndedEarly();
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            body.Dispose();
        base.Dispose(disposing);
    }

    private void Watch(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int lineEnd = bytes.IndexOfAny(LineEnds);
            var part = lineEnd < 0 ? bytes : bytes[..lineEnd];
            var kept = part[..Math.Min(part.Length, _lineStart.Length - _lineLength)];
            kept.CopyTo(_lineStart.AsSpan(_lineLength));
            _lineLength += kept.Length;
            if ((_sinceEvent += part.Length) > MaxEventBytes)
                throw errors.FromException(new InvalidDataException("An event of the stream is larger than 1 MB."), streaming: true);
            if (lineEnd < 0)
                return;
            EndLine();
            bytes = bytes[(lineEnd + 1)..];
        }
    }

    private void EndLine()
    {
        var line = _lineStart.AsSpan(0, _lineLength);
        _lineLength = 0;
        if (!line.StartsWith("event:"u8))
            return;
        _sinceEvent = 0;
        _stopped |= line[6..].Trim((byte)' ').SequenceEqual("message_stop"u8);
    }
}
