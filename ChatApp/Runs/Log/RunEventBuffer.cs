using System.Runtime.InteropServices;

namespace ChatApp.Runs.Log;

/// <summary>
/// The events of one run as the bytes of <see cref="RunEventCodec"/>, an eighth of what they take as objects. Written by one
/// thread; whoever holds a <see cref="View"/> may read on, because bytes that were written never change.
/// </summary>
internal sealed class RunEventBuffer
{
    private byte[] _bytes = new byte[1024];

    /// <summary>All that was written.</summary>
    public RunLogView View { get; private set; }

    public void Add(RunEventKind kind, int block, string data)
    {
        int length = View.Length, needed = length + RunEventCodec.MaxLength(data);
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, needed));
        length += RunEventCodec.Write(_bytes.AsSpan(length), kind, block, data);
        View = new RunLogView(_bytes, length, View.Count + 1, HasEnded: kind == RunEventKind.RunFinished);
    }
}

/// <summary>The first <paramref name="Count"/> events of a run, which take <paramref name="Length"/> bytes.</summary>
/// <param name="HasEnded">Whether the last one is the terminal one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunLogView(byte[]? Array, int Length, long Count, bool HasEnded)
{
    public ReadOnlySpan<byte> Bytes => Array.AsSpan(0, Length);

    public IEnumerable<RunEvent> Events()
    {
        long seq = 1;
        for (int at = 0; at < Length;)
            yield return RunEventCodec.Read(Bytes, seq++, ref at);
    }
}
