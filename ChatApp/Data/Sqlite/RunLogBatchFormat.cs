using System.Buffers;
using System.Buffers.Binary;

namespace ChatApp.Data.Sqlite;

/// <summary>A batch's data: per chunk the run's id (16 bytes), first and last seq (8 each), the length (4) and the events; integers little-endian.</summary>
internal static class RunLogBatchFormat
{
    private const int HeaderLength = 36;

    public static void Write(IBufferWriter<byte> output, Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events)
    {
        var header = output.GetSpan(HeaderLength);
        runId.TryWriteBytes(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], firstSeq);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], lastSeq);
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], events.Length);
        output.Advance(HeaderLength);
        output.Write(events);
    }

    public static IEnumerable<(Guid RunId, long FirstSeq, long LastSeq, byte[] Events)> Read(byte[] data)
    {
        for (int at = 0; at < data.Length;)
        {
            var header = data.AsSpan(at, HeaderLength);
            int length = BinaryPrimitives.ReadInt32LittleEndian(header[32..]);
            var chunk = (
                new Guid(header[..16]), BinaryPrimitives.ReadInt64LittleEndian(header[16..]), BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
                data.AsSpan(at + HeaderLength, length).ToArray());
            at += HeaderLength + length;
            yield return chunk;
        }
    }
}
