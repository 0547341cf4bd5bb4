using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity;

/// <summary>
/// Ties a browser's cookie to a row, so that signing out ends it and all copies of it. The cookie itself says when it expires; the
/// row only has to live longer.
/// </summary>
public sealed class BrowserSessions(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    /// <summary>How long a cookie lives without use.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private static readonly TimeSpan Renewal = TimeSpan.FromDays(1);

    /// <summary>Opens a session.</summary>
    /// <returns>What the cookie has to carry.</returns>
    public async Task<Claim> OpenAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = new TokenSession
        {
            Id = Guid.CreateVersion7(now), AccountId = accountId, CreatedAt = now.UtcDateTime, ExpiresAt = (now + Lifetime + Renewal).UtcDateTime,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.TokenSessions.Where(s => s.AccountId == accountId && s.ExpiresAt <= now.UtcDateTime).ExecuteDeleteAsync(cancellationToken);
        db.TokenSessions.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        return new Claim(SessionCheck.TokenSessionClaim, session.Id.ToString());
    }

    /// <summary>Whether the cookie's session goes on; prolongs it at most once a day. A cookie without one is from before there were any.</summary>
    public async Task<bool> ContinueAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (SessionCheck.TokenSessionOf(person) is not { } id)
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

    /// <summary>Ends the cookie's session; nothing where it has none.</summary>
    public async Task EndAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (SessionCheck.TokenSessionOf(person) is not { } id)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.TokenSessions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>The principal that a cookie is given anew every few seconds belongs to the session of the old one.</summary>
    internal static Task CarryOverAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.FindFirst(SessionCheck.TokenSessionClaim) is { } session && context.NewPrincipal?.Identity is ClaimsIdentity identity)
            identity.AddClaim(session.Clone());
        return Task.CompletedTask;
    }
}
