using System.Security.Claims;
using ChatApp.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity.Tokens;

/// <summary>What an external app gets for a person's password.</summary>
/// <param name="AccessToken">Goes into <c>Authorization: Bearer</c>; short-lived.</param>
/// <param name="RefreshToken">Good for the next pair, once.</param>
public sealed record TokenPair(string AccessToken, string RefreshToken);

/// <summary>
/// Sign-ins by bearer token: the framework's own tokens, tied to a row, so that they end when the person signs out and not only
/// when they expire. They end too when the account is disabled, demoted, promoted or gets a new security stamp.
/// </summary>
internal sealed class TokenSessions(
    IDbContextFactory<ChatDbContext> databases, AccountSessions sessions, IOptionsMonitor<BearerTokenOptions> options, SessionCheck check, TimeProvider time)
{
    /// <summary>The authentication scheme of access tokens.</summary>
    public const string SchemeName = "AccessToken";

    private const string RefreshId = "refresh_id";

    private BearerTokenOptions Options => options.Get(SchemeName);

    /// <summary>Opens a session for a person whose password was right.</summary>
    public async Task<TokenPair> OpenAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        var refreshId = Guid.NewGuid();
        var session = await sessions.OpenAsync(CurrentUser.From(person).Id, Options.RefreshTokenExpiration, refreshId, cancellationToken);
        var identity = new ClaimsIdentity(person.Identity);
        identity.AddClaim(new Claim(SessionCheck.SessionClaim, session.Id.ToString()));
        return PairFor(new ClaimsPrincipal(identity), refreshId, time.GetUtcNow());
    }

    /// <summary>
    /// The next pair of the session that the refresh token belongs to; null where the token or its session is not good any more.
    /// A refresh token is good once: one that comes again has been copied, so it ends the session, whoever came first (RFC 9700, section 4.14.2).
    /// </summary>
    public async Task<TokenPair?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await ReadAsync(Options.RefreshTokenProtector, refreshToken, cancellationToken) is not { Principal: var person } ticket)
            return null;
        var (id, expiresAt, next) = (SessionCheck.SessionOf(person), (now + Options.RefreshTokenExpiration).UtcDateTime, Guid.NewGuid());
        // One from before each had an id is good for as long as its session has none either.
        Guid? current = Guid.TryParse(ticket.Properties.GetString(RefreshId), out var given) ? given : null;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // One statement: of two at the same time one finds the id that it names.
        if (await db.TokenSessions.Where(s => s.Id == id && s.RefreshId == current)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.ExpiresAt, expiresAt).SetProperty(x => x.RefreshId, next), cancellationToken) > 0)
            return PairFor(person, next, now);
        await db.TokenSessions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellationToken);
        return null;
    }

    /// <summary>Whose access token it is; null where it or its session is not good (any more).</summary>
    public async Task<ClaimsPrincipal?> AuthenticateAsync(string accessToken, CancellationToken cancellationToken) =>
        (await ReadAsync(Options.BearerTokenProtector, accessToken, cancellationToken))?.Principal;

    // Asked at every request: one query by keys, so that the end of a session is the end at once.
    private async Task<AuthenticationTicket?> ReadAsync(ISecureDataFormat<AuthenticationTicket> protector, string token, CancellationToken cancellationToken) =>
        protector.Unprotect(token) is { Principal: var person, Properties.ExpiresUtc: { } expires } ticket && expires > time.GetUtcNow()
            && SessionCheck.SessionOf(person) != null && await check.IsValidAsync(person, cancellationToken)
            ? ticket
            : null;

    private TokenPair PairFor(ClaimsPrincipal person, Guid refreshId, DateTimeOffset now)
    {
        var refresh = Ticket(person, now + Options.RefreshTokenExpiration);
        refresh.Properties.SetString(RefreshId, refreshId.ToString());
        return new TokenPair(
            Options.BearerTokenProtector.Protect(Ticket(person, now + Options.BearerTokenExpiration)), Options.RefreshTokenProtector.Protect(refresh));
    }

    private static AuthenticationTicket Ticket(ClaimsPrincipal person, DateTimeOffset expires) =>
        new(person, new AuthenticationProperties { ExpiresUtc = expires }, SchemeName);
}
