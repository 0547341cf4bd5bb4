using System.Buffers;
using System.Runtime.CompilerServices;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>
/// Reads server-sent events (WHATWG HTML 9.2) in two separate steps: wait for bytes, then take the events that are whole.
/// The framework's SseParser parses within its wait, on whatever thread that ends, so its caller can't hand on what it has
/// already collected while it waits; this one's caller can, and need not delay a token to merge those that came together.
/// </summary>
internal sealed class EventReader(Stream body) : IDisposable
{
    private const int EagerBytes = 16 * 1024;
    private const int MaxEventBytes = 1024 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int end;            // of the bytes in the buffer
    private int line;           // start of the line that is not whole yet
    private int scanned;        // up to here that line has no end
    private int dataStart = -1; // of the data of the event that is not whole yet; -1 for none
    private int dataEnd;
    private bool error;
    private bool afterCr;       // a LF right now belongs to the CR before it
    private bool atStart = true;

    /// <summary>Waits for more bytes. False at the end of the body.</summary>
    /// <exception cref="InvalidDataException">A single event is larger than 1 MB.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        int read = await body.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += read;
        return read > 0;
    }

    /// <summary>The next event that is whole and has data.</summary>
    /// <param name="isError">Whether its type is <c>error</c>.</param>
    /// <param name="data">Its data, valid until the next call of any method.</param>
    public bool TryRead(out bool isError, out ReadOnlySpan<byte> data)
    {
        while (true)
        {
            if (afterCr && line < end)
            {
                afterCr = false;
                if (buffer[line] == '\n')
                    scanned = ++line;
            }
            int length = buffer.AsSpan(scanned, end - scanned).IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                scanned = end;
                isError = false;
                data = default;
                return false;
            }
            int lineEnd = scanned + length;
            int lineStart = line;
            afterCr = buffer[lineEnd] == '\r';
            line = scanned = lineEnd + 1;
            if (lineStart < lineEnd)
            {
                TakeLine(lineStart, lineEnd);
                continue;
            }
            bool whole = dataStart >= 0;
            isError = error;
            data = whole ? buffer.AsSpan(dataStart, dataEnd - dataStart) : default;
            (dataStart, error) = (-1, false);
            if (whole)
                return true;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private void TakeLine(int start, int lineEnd)
    {
        var text = buffer.AsSpan(start, lineEnd - start);
        if (atStart)
        {
            atStart = false;
            if (text.StartsWith("\uFEFF"u8))
            {
                text = text[3..];
                start += 3;
            }
        }
        if (text.StartsWith("data"u8))
            TakeData(text[4..], start + 4);
        else if (text.StartsWith("event:"u8))
            error = text[6..].Trim((byte)' ').SequenceEqual("error"u8);
        // Comments, ids, retry times and unknown fields mean nothing here.
    }

    private void TakeData(ReadOnlySpan<byte> rest, int at)
    {
        if (rest is [not (byte)':', ..])
            return;
        int skip = rest is [(byte)':', (byte)' ', ..] ? 2 : rest.IsEmpty ? 0 : 1;
        int length = rest.Length - skip;
        if (dataStart < 0)
        {
            (dataStart, dataEnd) = (at + skip, at + skip + length);
            return;
        }
        // Several lines of data are joined by LF, in place: the field's name in between leaves room for it.
        buffer[dataEnd++] = (byte)'\n';
        Buffer.BlockCopy(buffer, at + skip, buffer, dataEnd, length);
        dataEnd += length;
    }

    private void MakeRoom()
    {
        int keep = dataStart >= 0 ? dataStart : line;
        if (end - keep >= MaxEventBytes)
            throw new InvalidDataException("An event of the stream is larger than 1 MB.");
        // Small while tokens trickle in, larger once a read has filled it or an event does not fit.
        bool grow = end - keep > buffer.Length / 2 || (end == buffer.Length && buffer.Length < EagerBytes);
        byte[] old = buffer;
        Move(grow ? ArrayPool<byte>.Shared.Rent(old.Length * 2) : old, keep);
        if (grow)
            ArrayPool<byte>.Shared.Return(old);
    }

    private void Move(byte[] to, int keep)
    {
        Buffer.BlockCopy(buffer, keep, to, 0, end - keep);
        buffer = to;
        end -= keep;
        line -= keep;
        scanned -= keep;
        if (dataStart >= 0)
            (dataStart, dataEnd) = (dataStart - keep, dataEnd - keep);
    }
}
