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

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);
    private int _end;            // of the bytes in the buffer
    private int _line;           // start of the line that is not whole yet
    private int _scanned;        // up to here that line has no end
    private int _dataStart = -1; // of the data of the event that is not whole yet; -1 for none
    private int _dataEnd;
    private bool _error;
    private bool _afterCr;       // a LF right now belongs to the CR before it
    private bool _atStart = true;
    private volatile bool _filling;

    /// <summary>Waits for more bytes. False at the end of the body.</summary>
    /// <exception cref="InvalidDataException">A single event is larger than 1 MB.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        _filling = true;
        var reading = body.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        bool waits = !reading.IsCompleted;
        int read = await reading;
        _filling = false;
        _end += read;
        // A wait for a socket ends within the loop that works through the events of all sockets. Under load its queue must not wait for
        // what is done with the bytes: it holds an event for each packet, and a request that has just come is behind them all.
        if (waits)
            await Task.Yield();
        return read > 0;
    }

    /// <summary>The next event that is whole and has data.</summary>
    /// <param name="isError">Whether its type is <c>error</c>.</param>
    /// <param name="data">Its data, valid until the next call of any method.</param>
    public bool TryRead(out bool isError, out ReadOnlySpan<byte> data)
    {
        while (true)
        {
            if (_afterCr && _line < _end)
            {
                _afterCr = false;
                if (_buffer[_line] == '\n')
                    _scanned = ++_line;
            }
            int length = _buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                _scanned = _end;
                isError = false;
                data = default;
                return false;
            }
            int lineEnd = _scanned + length;
            int lineStart = _line;
            _afterCr = _buffer[lineEnd] == '\r';
            _line = _scanned = lineEnd + 1;
            if (lineStart < lineEnd)
            {
                TakeLine(lineStart, lineEnd);
                continue;
            }
            bool whole = _dataStart >= 0;
            isError = _error;
            data = whole ? _buffer.AsSpan(_dataStart, _dataEnd - _dataStart) : default;
            (_dataStart, _error) = (-1, false);
            if (whole)
                return true;
        }
    }

    public void Dispose()
    {
        // A caller that leaves in the middle of a wait leaves a read behind that may still write into the buffer.
        if (!_filling)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void TakeLine(int start, int lineEnd)
    {
        var text = _buffer.AsSpan(start, lineEnd - start);
        if (_atStart)
        {
            _atStart = false;
            if (text.StartsWith("\uFEFF"u8))
            {
                text = text[3..];
                start += 3;
            }
        }
        if (text.StartsWith("data"u8))
            TakeData(text[4..], start + 4);
        else if (text.StartsWith("event:"u8))
            _error = text[6..].Trim((byte)' ').SequenceEqual("error"u8);
        // Comments, ids, retry times and unknown fields mean nothing here.
    }

    private void TakeData(ReadOnlySpan<byte> rest, int at)
    {
        if (rest is [not (byte)':', ..])
            return;
        int skip = rest is [(byte)':', (byte)' ', ..] ? 2 : rest.IsEmpty ? 0 : 1;
        int length = rest.Length - skip;
        if (_dataStart < 0)
        {
            (_dataStart, _dataEnd) = (at + skip, at + skip + length);
            return;
        }
        // Several lines of data are joined by LF, in place: the field's name in between leaves room for it.
        _buffer[_dataEnd++] = (byte)'\n';
        Buffer.BlockCopy(_buffer, at + skip, _buffer, _dataEnd, length);
        _dataEnd += length;
    }

    private void MakeRoom()
    {
        int keep = _dataStart >= 0 ? _dataStart : _line;
        if (_end - keep >= MaxEventBytes)
            throw new InvalidDataException("An event of the stream is larger than 1 MB.");
        // Small while tokens trickle in, larger once a read has filled it or an event does not fit.
        bool grow = _end - keep > _buffer.Length / 2 || (_end == _buffer.Length && _buffer.Length < EagerBytes);
        byte[] old = _buffer;
        Move(grow ? ArrayPool<byte>.Shared.Rent(old.Length * 2) : old, keep);
        if (grow)
            ArrayPool<byte>.Shared.Return(old);
    }

    private void Move(byte[] to, int keep)
    {
        Buffer.BlockCopy(_buffer, keep, to, 0, _end - keep);
        _buffer = to;
        _end -= keep;
        _line -= keep;
        _scanned -= keep;
        if (_dataStart >= 0)
            (_dataStart, _dataEnd) = (_dataStart - keep, _dataEnd - keep);
    }
}
