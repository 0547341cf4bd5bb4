using System.Buffers;

namespace ChatApp.Dialects.Sse;

/// <summary>
/// Where events are composed before they go out: in the response's own buffer, or, for clients that take each chunk of the
/// network for whole lines, beside it. The response's buffer begins a new HTTP chunk wherever a block of its memory is full,
/// in the middle of an event that is longer than that (4 KB).
/// </summary>
internal sealed class SseOutput(HttpResponse response, bool wholeEvents)
{
    private readonly ArrayBufferWriter<byte>? _events = wholeEvents ? new(1024) : null;

    public IBufferWriter<byte> Buffer => _events ?? (IBufferWriter<byte>)response.BodyWriter;

    public long UnflushedBytes => _events?.WrittenCount ?? response.BodyWriter.UnflushedBytes;

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_events == null)
        {
            await response.BodyWriter.FlushAsync(cancellationToken);
        }
        else if (_events.WrittenCount > 0)
        {
            await response.Body.WriteAsync(_events.WrittenMemory, cancellationToken);
            _events.ResetWrittenCount();
        }
    }
}
