using System.Buffers;
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

    public static void Write(IBufferWriter<byte> output, RunEvent e)
    {
        var span = output.GetSpan(HeaderLength + Encoding.UTF8.GetMaxByteCount(e.Data.Length));
        span[0] = (byte)e.Kind;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], e.Block);
        int length = Encoding.UTF8.GetBytes(e.Data, span[HeaderLength..]);
        BinaryPrimitives.WriteInt32LittleEndian(span[5..], length);
        output.Advance(HeaderLength + length);
    }

    public static byte[] Write(RunEvent e)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, e);
        return output.WrittenSpan.ToArray();
    }

    public static IEnumerable<RunEvent> Read(long firstSeq, byte[] chunk)
    {
        long seq = firstSeq;
        for (int at = 0; at < chunk.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(at + 5));
            yield return new RunEvent(
                seq++, (RunEventKind)chunk[at], BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(at + 1)),
                Encoding.UTF8.GetString(chunk, at + HeaderLength, length));
            at += HeaderLength + length;
        }
    }
}
