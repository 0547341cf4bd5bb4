using System.Buffers.Binary;
using System.Text;

namespace ChatApp.Runs.Log;

/// <summary>
/// A chunk of consecutive events as bytes: per event its kind (1 byte), block (4), length of the data (4) and the data in
/// UTF-8; integers little-endian. Seqs follow from the chunk's first one. Stored: change it only with a migration.
/// </summary>
internal static class RunEventCodec
{
    private const int HeaderLength = 9;

    /// <summary>Most bytes that an event with this data can take.</summary>
    public static int MaxLength(string data) => HeaderLength + Encoding.UTF8.GetMaxByteCount(data.Length);

    /// <summary>Bytes that an event with this data takes.</summary>
    public static int Length(string data) => HeaderLength + Encoding.UTF8.GetByteCount(data);

    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> output, RunEventKind kind, int block, string data)
    {
        output[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(output[1..], block);
        int length = Encoding.UTF8.GetBytes(data, output[HeaderLength..]);
        BinaryPrimitives.WriteInt32LittleEndian(output[5..], length);
        return HeaderLength + length;
    }

    public static byte[] Write(RunEvent e)
    {
        var output = new byte[MaxLength(e.Data)];
        return output[..Write(output, e.Kind, e.Block, e.Data)];
    }

    /// <summary>Reads the event at <paramref name="at"/>, which it moves behind it.</summary>
    public static RunEvent Read(ReadOnlySpan<byte> chunk, long seq, ref int at)
    {
        int end = Skip(chunk, at);
        var e = chunk[at..end];
        at = end;
        return new RunEvent(seq, (RunEventKind)e[0], BinaryPrimitives.ReadInt32LittleEndian(e[1..]), Encoding.UTF8.GetString(e[HeaderLength..]));
    }

    /// <returns>Where the event after the one at <paramref name="at"/> begins.</returns>
    public static int Skip(ReadOnlySpan<byte> chunk, int at) => at + HeaderLength + BinaryPrimitives.ReadInt32LittleEndian(chunk[(at + 5)..]);

    public static IEnumerable<RunEvent> Read(long firstSeq, byte[] chunk)
    {
        long seq = firstSeq;
        for (int at = 0; at < chunk.Length;)
            yield return Read(chunk, seq++, ref at);
    }
}
