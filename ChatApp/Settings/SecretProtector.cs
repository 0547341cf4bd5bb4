using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ChatApp.Settings;

/// <summary>Keeps secrets that an admin has entered, such as provider API keys, unreadable in the database and its backups.</summary>
public sealed class SecretProtector(IDataProtectionProvider provider)
{
    private readonly IDataProtector _protector = provider.CreateProtector("ChatApp.Settings.Secret.v1");

    public string Protect(string secret) => _protector.Protect(secret);

    /// <summary>The secret behind <paramref name="protectedSecret"/>; null for null.</summary>
    /// <exception cref="UnreadableSecretException">It was protected with other keys, or altered.</exception>
    [return: NotNullIfNotNull(nameof(protectedSecret))]
    public string? Unprotect(string? protectedSecret)
    {
        if (protectedSecret is null)
            return null;
        try
        {
            return _protector.Unprotect(protectedSecret);
        }
        catch (CryptographicException e)
        {
            throw new UnreadableSecretException(e);
        }
    }
}

/// <summary>A stored secret cannot be read, usually because the database was moved without its key ring.</summary>
public sealed class UnreadableSecretException(Exception inner)
    : Exception("A stored secret can't be read with this installation's key ring (the folder keys beside the database). Enter the secret again.", inner);
