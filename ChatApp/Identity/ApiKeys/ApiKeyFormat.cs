using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ChatApp.Identity.ApiKeys;

/// <summary>What a key looks like: <c>ck_</c> and 256 random bits in base64url.</summary>
internal static class ApiKeyFormat
{
    public const int PrefixLength = 10;
    private const string Marker = "ck_";
    private const int Length = 46;

    public static string Create() => Marker + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether it says of itself that it is a key.</summary>
    public static bool IsMarked(ReadOnlySpan<char> token) => token.StartsWith(Marker, StringComparison.Ordinal);

    /// <summary>Hashes what could be a key; false for what cannot be one.</summary>
    public static bool TryHash(ReadOnlySpan<char> key, out ApiKeyHash hash)
    {
        hash = default;
        Span<byte> ascii = stackalloc byte[Length];
        if (key.Length != Length || !key.StartsWith(Marker, StringComparison.Ordinal) || !Ascii.IsValid(key))
            return false;
        Encoding.ASCII.GetBytes(key, ascii);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii, digest);
        hash = new ApiKeyHash(digest);
        return true;
    }
}
