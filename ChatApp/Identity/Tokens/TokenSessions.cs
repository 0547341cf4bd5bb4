using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity.Tokens;

/// <summary>What an external app gets for a person's password.</summary>
/// <param name="AccessToken">Goes into <c>Authorization: Bearer</c>; short-lived.</param>
/// <param name="RefreshToken">Good for the next pair.</param>
public sealed record TokenPair(string AccessToken, string RefreshToken);

/// <summary>
/// Sign-ins by bearer token: the framework's own tokens, tied to a row, so that they end when the person signs out and not only
/// when they expire. They end too when the account is disabled, demoted, promoted or gets a new security stamp.
/// </summary>
internal sealed class TokenSessions(
    IDbContextFactory<ChatDbContext> databases, IOptionsMonitor<BearerTokenOptions> options, SessionCheck check, TimeProvider time)
{
    /// <summary>The authentication scheme of access tokens.</summary>
    public const string SchemeName = "AccessToken";

    private BearerTokenOptions Options => options.Get(SchemeName);

    /// <summary>Opens a session for a person whose password was right.</summary>
    public async Task<TokenPair> OpenAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = new TokenSession
        {
            Id = Guid.CreateVersion7(now), AccountId = CurrentUser.From(person).Id, CreatedAt = now.UtcDateTime,
            ExpiresAt = (now + Options.RefreshTokenExpiration).UtcDateTime,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.TokenSessions.Where(s => s.AccountId == session.AccountId && s.ExpiresAt <= now.UtcDateTime).ExecuteDeleteAsync(cancellationToken);
        db.TokenSessions.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        var identity = new ClaimsIdentity(person.Identity);
        identity.AddClaim(new Claim(SessionCheck.TokenSessionClaim, session.Id.ToString()));
        return PairFor(new ClaimsPrincipal(identity), now);
    }

    /// <summary>The next pair of the session that the refresh token belongs to; null where the token or its session is not good any more.</summary>
    public async Task<TokenPair?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await ReadAsync(Options.RefreshTokenProtector, refreshToken, cancellationToken) is not { } person)
            return null;
        var (id, expiresAt) = (SessionCheck.TokenSessionOf(person), (now + Options.RefreshTokenExpiration).UtcDateTime);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // Nothing to prolong: the person has just signed out.
        return await db.TokenSessions.Where(s => s.Id == id).ExecuteUpdateAsync(s => s.SetProperty(x => x.ExpiresAt, expiresAt), cancellationToken) > 0
            ? PairFor(person, now)
            : null;
    }

    /// <summary>Whose access token it is; null where it or its session is not good (any more).</summary>
    public Task<ClaimsPrincipal?> AuthenticateAsync(string accessToken, CancellationToken cancellationToken) =>
        ReadAsync(Options.BearerTokenProtector, accessToken, cancellationToken);

    /// <summary>Ends the session of an access token. False where the person came with another credential.</summary>
    public async Task<bool> EndAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (SessionCheck.TokenSessionOf(person) is not { } id)
            return false;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.TokenSessions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    // Asked at every request: one query by keys, so that the end of a session is the end at once.
    private async Task<ClaimsPrincipal?> ReadAsync(ISecureDataFormat<AuthenticationTicket> protector, string token, CancellationToken cancellationToken) =>
        protector.Unprotect(token) is { Principal: var person, Properties.ExpiresUtc: { } expires } && expires > time.GetUtcNow()
            && SessionCheck.TokenSessionOf(person) != null && await check.IsValidAsync(person, cancellationToken)
            ? person
            : null;

    private TokenPair PairFor(ClaimsPrincipal person, DateTimeOffset now) => new(
        Options.BearerTokenProtector.Protect(Ticket(person, now + Options.BearerTokenExpiration)),
        Options.RefreshTokenProtector.Protect(Ticket(person, now + Options.RefreshTokenExpiration)));

    private static AuthenticationTicket Ticket(ClaimsPrincipal person, DateTimeOffset expires) =>
        new(person, new AuthenticationProperties { ExpiresUtc = expires }, SchemeName);
}
