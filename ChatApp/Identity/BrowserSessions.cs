using System.Security.Claims;
using ChatApp.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity;

/// <summary>
/// Ties a browser's cookie to a row, so that signing out ends it and all copies of it. The cookie itself says when it expires; the
/// row only has to live longer.
/// </summary>
public sealed class BrowserSessions(IDbContextFactory<ChatDbContext> databases, AccountSessions sessions, TimeProvider time)
{
    /// <summary>How long a cookie lives without use.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private static readonly TimeSpan Renewal = TimeSpan.FromDays(1);

    /// <summary>Opens a session.</summary>
    /// <returns>What the cookie has to carry.</returns>
    public async Task<Claim> OpenAsync(Guid accountId, CancellationToken cancellationToken) =>
        new(SessionCheck.SessionClaim, (await sessions.OpenAsync(accountId, Lifetime + Renewal, null, cancellationToken)).Id.ToString());

    /// <summary>Whether the cookie's session goes on; prolongs it at most once a day. A cookie without one is from before there were any.</summary>
    public async Task<bool> ContinueAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (SessionCheck.SessionOf(person) is not { } id)
            return false;
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var expiresAt = await db.TokenSessions.Where(s => s.Id == id).Select(s => (DateTime?)s.ExpiresAt).SingleOrDefaultAsync(cancellationToken);
        if (!(expiresAt > now.UtcDateTime))
            return false;
        if (expiresAt < (now + Lifetime).UtcDateTime)
        {
            var later = (now + Lifetime + Renewal).UtcDateTime;
            await db.TokenSessions.Where(s => s.Id == id).ExecuteUpdateAsync(s => s.SetProperty(x => x.ExpiresAt, later), cancellationToken);
        }
        return true;
    }

    /// <summary>The principal that a cookie is given anew every few seconds belongs to the session of the old one.</summary>
    internal static Task CarryOverAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.FindFirst(SessionCheck.SessionClaim) is { } session && context.NewPrincipal?.Identity is ClaimsIdentity identity)
            identity.AddClaim(session.Clone());
        return Task.CompletedTask;
    }
}
