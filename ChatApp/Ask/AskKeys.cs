using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ChatApp.Data;

namespace ChatApp.Ask;

/// <summary>What a session's key looks like.</summary>
public static partial class AskKeys
{
    /// <summary>The key without the white space around it.</summary>
    /// <exception cref="RequestProblem">400: it cannot be one.</exception>
    public static string Require(string? key)
    {
        key = key?.Trim() ?? "";
        return Key().IsMatch(key) ? key : throw new RequestProblem(400, "invalid_key", "Invalid ASK key format", "key");
    }

    [GeneratedRegex(@"^(?=.*[a-zA-Z0-9])[a-zA-Z0-9._-]{3,100}\z")]
    private static partial Regex Key();
}

/// <summary>What an invitation is proved by. Only its hash is stored, so a copy of the database lets nobody in.</summary>
internal static class InviteTokens
{
    public const string Marker = "inv_";
    private const int MaxLength = 200;

    public static string Create() => Marker + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public static bool Matches(string token, byte[] hash) =>
        token.Length <= MaxLength && CryptographicOperations.FixedTimeEquals(Hash(token.Trim()), hash);
}
