using System.Buffers.Binary;

namespace ChatApp.Identity.ApiKeys;

/// <summary>A SHA-256 as a value, so that looking a key up allocates nothing.</summary>
internal readonly record struct ApiKeyHash
{
    private readonly UInt128 _high;
    private readonly UInt128 _low;

    public ApiKeyHash(ReadOnlySpan<byte> digest)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(digest);
        _low = BinaryPrimitives.ReadUInt128BigEndian(digest[16..]);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), _low);
        return bytes;
    }
}
