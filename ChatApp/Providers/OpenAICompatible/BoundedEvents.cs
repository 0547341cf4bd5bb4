using System.Runtime.CompilerServices;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>
/// The body of an event stream, refused once a single event grows beyond 1 MB: the parser itself would buffer it for ever.
/// </summary>
internal sealed class BoundedEvents(Stream body) : Stream
{
    private const int MaxEventBytes = 1024 * 1024;
    private int sinceEvent;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The parser has completed an event.</summary>
    public void EventEnded() => sinceEvent = 0;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = body.ReadAsync(buffer, cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<int>(Counted(reading.Result)) : AwaitedAsync(reading);
    }

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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitedAsync(ValueTask<int> reading) => Counted(await reading);

    private int Counted(int read)
    {
        if ((sinceEvent += read) > MaxEventBytes)
            throw new InvalidDataException("An event of the stream is larger than 1 MB.");
        return read;
    }
}
