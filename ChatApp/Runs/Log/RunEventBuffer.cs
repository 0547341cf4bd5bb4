using System.Buffers;
using System.Runtime.InteropServices;

namespace ChatApp.Runs.Log;

/// <summary>
/// The events of one run as the bytes of <see cref="RunEventCodec"/>, an eighth of what they take as objects. They lie in
/// segments, each with whole events, so that a long answer is never copied and no array is large. Written by one thread;
/// whoever holds a <see cref="View"/> may read on, because bytes that were written never change.
/// </summary>
internal sealed class RunEventBuffer
{
    private const int FirstSegment = 512;
    private const int LargestSegment = 16 * 1024;

    private Segment[] _segments = [];
    private int _used;

    /// <summary>All that was written.</summary>
    public RunLogView View { get; private set; }

    public void Add(RunEventKind kind, int block, string data)
    {
        int free = _segments.Length == 0 ? 0 : _segments[^1].Bytes.Length - _used;
        // Counted only where the estimate, thrice the units, does not fit.
        if (free < RunEventCodec.MaxLength(data) && RunEventCodec.Length(data) is var needed && free < needed)
            Extend(needed);
        _used += RunEventCodec.Write(_segments[^1].Bytes.AsSpan(_used), kind, block, data);
        View = new RunLogView(_segments, _used, View.Count + 1, hasEnded: kind == RunEventKind.RunFinished);
    }

    /// <summary>Takes back what was added after <paramref name="view"/>. Nobody may have read it.</summary>
    public void Rewind(RunLogView view)
    {
        (_segments, _used) = view.Bytes;
        View = view;
    }

    private void Extend(int needed)
    {
        // A new array each time: readers hold the old one.
        _segments = _segments.Length == 0
            ? [new Segment(new byte[Math.Max(FirstSegment, needed)], 0)]
            :
            [
                .. _segments[..^1],
                _segments[^1] with { Length = _used },
                new Segment(new byte[Math.Max(Math.Min(_segments[^1].Bytes.Length * 2, LargestSegment), needed)], 0),
            ];
        _used = 0;
    }

    /// <param name="Length">Bytes that are used; not yet known of the last one.</param>
    internal readonly record struct Segment(byte[] Bytes, int Length);
}

/// <summary>A place in a run's events: behind the event <paramref name="Seq"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct RunLogPosition(int Segment, int Offset, long Seq);

/// <summary>The first <see cref="Count"/> events of a run.</summary>
/// <param name="segments">The last one is used up to <paramref name="length"/>, the others to their own.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RunLogView(RunEventBuffer.Segment[]? segments, int length, long count, bool hasEnded)
{
    public long Count => count;

    /// <summary>Whether the last event is the terminal one.</summary>
    public bool HasEnded => hasEnded;

    /// <summary>The segments and how much of the last one is used.</summary>
    internal (RunEventBuffer.Segment[] Segments, int Length) Bytes => (segments ?? [], length);

    /// <summary>Behind its last event.</summary>
    public RunLogPosition End => new(Math.Max(0, (segments?.Length ?? 0) - 1), length, count);

    /// <summary>The next event; only before <see cref="End"/>.</summary>
    public RunEvent Read(ref RunLogPosition at)
    {
        var bytes = BytesAt(ref at);
        int offset = at.Offset;
        var e = RunEventCodec.Read(bytes, at.Seq + 1, ref offset);
        at = at with { Offset = offset, Seq = e.Seq };
        return e;
    }

    /// <summary>Passes over the next event; only before <see cref="End"/>.</summary>
    public void Skip(ref RunLogPosition at)
    {
        var bytes = BytesAt(ref at);
        at = at with { Offset = RunEventCodec.Skip(bytes, at.Offset), Seq = at.Seq + 1 };
    }

    public IEnumerable<RunEvent> Events()
    {
        for (var at = default(RunLogPosition); at.Seq < count;)
            yield return Read(ref at);
    }

    /// <summary>
    /// Appends the events behind <paramref name="at"/>, which it moves behind them: as many as take at most
    /// <paramref name="most"/> bytes, and one at least. Only before <see cref="End"/>.
    /// </summary>
    public void CopyChunk(IBufferWriter<byte> output, ref RunLogPosition at, int most)
    {
        for (int copied = 0; at.Seq < count;)
        {
            var bytes = BytesAt(ref at);
            int end = RunEventCodec.Skip(bytes, at.Offset);
            if (copied > 0 && copied + end - at.Offset > most)
                return;
            output.Write(bytes[at.Offset..end]);
            copied += end - at.Offset;
            at = at with { Offset = end, Seq = at.Seq + 1 };
        }
    }

    /// <summary>Appends the bytes from <paramref name="from"/> to the end.</summary>
    public void CopyTo(IBufferWriter<byte> output, RunLogPosition from)
    {
        if (segments == null)
            return;
        for (int i = from.Segment; i < segments.Length; i++)
            output.Write(segments[i].Bytes.AsSpan(0, LengthOf(i))[(i == from.Segment ? from.Offset : 0)..]);
    }

    private ReadOnlySpan<byte> BytesAt(ref RunLogPosition at)
    {
        if (at.Offset == LengthOf(at.Segment))
            at = at with { Segment = at.Segment + 1, Offset = 0 };
        return segments![at.Segment].Bytes;
    }

    private int LengthOf(int segment) => segment == segments!.Length - 1 ? length : segments[segment].Length;
}
