using System.Security.Claims;
using ChatApp.Identity.ApiKeys;

namespace ChatApp.Identity;

/// <summary>By what a request was let in, with the rights it had then. Equal ones are checked once for all their responses.</summary>
internal abstract record Credential;

/// <summary>An API key.</summary>
internal sealed record KeyCredential(ApiKeyHash Hash, string Rights) : Credential;

/// <summary>A browser's session.</summary>
internal sealed record SessionCredential(ClaimsPrincipal Principal, Guid Account, string? Stamp, string Rights) : Credential
{
    // By what can be lost: each request has a principal of its own.
    public bool Equals(SessionCredential? other) => other != null && (Account, Stamp, Rights) == (other.Account, other.Stamp, other.Rights);

    public override int GetHashCode() => HashCode.Combine(Account, Stamp, Rights);
}
