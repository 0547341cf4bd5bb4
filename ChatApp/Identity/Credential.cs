using System.Security.Claims;
using ChatApp.Identity.ApiKeys;

namespace ChatApp.Identity;

/// <summary>By what a request was let in, with the rights it had then. Equal ones are checked once for all their responses.</summary>
internal abstract record Credential;

/// <summary>An API key.</summary>
internal sealed record KeyCredential(ApiKeyHash Hash, string Rights) : Credential;

/// <summary>A browser's session, or a token's.</summary>
/// <param name="Token">The token's session; null for a browser's.</param>
internal sealed record SessionCredential(ClaimsPrincipal Principal, Guid Account, Guid? Token, string? Stamp, string Rights) : Credential
{
    // By what can be lost: each request has a principal of its own.
    public bool Equals(SessionCredential? other) => other != null && (Account, Token, Stamp, Rights) == (other.Account, other.Token, other.Stamp, other.Rights);

    public override int GetHashCode() => HashCode.Combine(Account, Token, Stamp, Rights);
}
