using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity;

/// <summary>Whether a sign-in, by cookie or by token, still has what it had when it began.</summary>
internal sealed class SessionCheck(IDbContextFactory<ChatDbContext> databases, IOptions<IdentityOptions> options, TimeProvider time)
{
    /// <summary>Claim type of the id of a <see cref="TokenSession"/>.</summary>
    public const string SessionClaim = "session";

    /// <summary>
    /// False where the account has been disabled, demoted or promoted, or has a new security stamp, or where the person has signed
    /// out of this session.
    /// </summary>
    public async Task<bool> IsValidAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
            return false;
        var (session, now) = (SessionOf(principal), time.GetUtcNow().UtcDateTime);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var account = await db.Users
            .Where(u => u.Id == id && u.DisabledAt == null
                && (session == null || db.TokenSessions.Any(s => s.Id == session && s.AccountId == u.Id && s.ExpiresAt > now)))
            .Select(u => new { u.SecurityStamp, IsAdmin = db.AdminIds().Contains(u.Id) })
            .FirstOrDefaultAsync(cancellationToken);
        return account is not null && account.SecurityStamp == StampOf(principal) && account.IsAdmin == principal.IsInRole(Roles.Admin);
    }

    public static Guid? SessionOf(ClaimsPrincipal principal) => Guid.TryParse(principal.FindFirstValue(SessionClaim), out var id) ? id : null;

    public string? StampOf(ClaimsPrincipal principal) => principal.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType);
}
