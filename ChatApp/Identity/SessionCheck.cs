using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity;

/// <summary>Whether a browser's session still has what it had when it began.</summary>
internal sealed class SessionCheck(IDbContextFactory<ChatDbContext> databases, IOptions<IdentityOptions> options)
{
    /// <summary>False where the account has been disabled, demoted or promoted, or has a new security stamp.</summary>
    public async Task<bool> IsValidAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
            return false;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var account = await db.Users
            .Where(u => u.Id == id && u.DisabledAt == null)
            .Select(u => new { u.SecurityStamp, IsAdmin = db.AdminIds().Contains(u.Id) })
            .FirstOrDefaultAsync(cancellationToken);
        return account is not null && account.SecurityStamp == StampOf(principal) && account.IsAdmin == principal.IsInRole(Roles.Admin);
    }

    public string? StampOf(ClaimsPrincipal principal) => principal.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType);
}
