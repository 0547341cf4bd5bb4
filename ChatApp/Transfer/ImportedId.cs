using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ChatApp.Transfer;

/// <summary>Ids of what is imported.</summary>
internal static class ImportedId
{
    private const int MaxIndex = (1 << 28) - 1;

    /// <summary>
    /// A conversation's: the same whenever the same person imports the same conversation, so that the primary key refuses the second
    /// (UUID version 8, RFC 9562: the rest is a hash).
    /// </summary>
    public static Guid OfConversation(Guid ownerId, string format, string id)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{ownerId:N}\n{format}\n{id}")).AsSpan(0, 16);
        bytes[6] = (byte)(0x80 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A message's: ids are in the order of time, and those of the same millisecond in the order of the file (UUID version 7).</summary>
    /// <param name="index">Place in the file, from 0.</param>
    public static Guid OfMessage(DateTime createdAt, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, MaxIndex);
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, (long)(createdAt - DateTime.UnixEpoch).TotalMilliseconds);
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)(0x70 | (index >> 24));
        bytes[7] = (byte)(index >> 16);
        bytes[8] = (byte)(0x80 | ((index >> 10) & 0x3f));
        bytes[9] = (byte)(index >> 2);
        bytes[10] = (byte)((index << 6) | (bytes[10] & 0x3f));
        return new Guid(bytes, bigEndian: true);
    }
}
