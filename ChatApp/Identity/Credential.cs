using System.Security.Claims;
using ChatApp.Identity.ApiKeys;

namespace ChatApp.Identity;

/// <summary>By what a request was let in, with the rights it had then. Equal ones are checked once for all their responses.</summary>
internal abstract record Credential;

/// <summary>An API key.</summary>
internal sealed record KeyCredential(ApiKeyHash Hash, string Rights) : Credential;

/// <summary>Something else that lets in, such as a place among the participants of a session.</summary>
/// <param name="Of">Equal ones are checked once.</param>
/// <param name="IsValidAsync">Whether it still does.</param>
internal sealed record CheckedCredential(object Of, Func<CancellationToken, Task<bool>> IsValidAsync) : Credential
{
    public bool Equals(CheckedCredential? other) => other != null && Of.Equals(other.Of);

    public override int GetHashCode() => Of.GetHashCode();
}

/// <summary>A browser's session, or a token's.</summary>
/// <param name="Token">The sign-in's row; null for a principal that has none.</param>
internal sealed record SessionCredential(ClaimsPrincipal Principal, Guid Account, Guid? Token, string? Stamp, string Rights) : Credential
{
    // By what can be lost: each request has a principal of its own.
    public bool Equals(SessionCredential? other) => other != null && (Account, Token, Stamp, Rights) == (other.Account, other.Token, other.Stamp, other.Rights);

    public override int GetHashCode() => HashCode.Combine(Account, Token, Stamp, Rights);
}
