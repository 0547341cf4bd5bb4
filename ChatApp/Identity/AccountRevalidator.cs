using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity;

/// <summary>Signs an open circuit out when its account has been disabled, demoted or promoted, or has a new security stamp.</summary>
internal sealed class AccountRevalidator(ILoggerFactory loggers, IDbContextFactory<ChatDbContext> databases, IOptions<IdentityOptions> options)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => IdentityServices.RevalidationInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var principal = authenticationState.User;
        if (!Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
            return false;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var account = await db.Users
            .Where(u => u.Id == id && u.DisabledAt == null)
            .Select(u => new { u.SecurityStamp, IsAdmin = db.AdminIds().Contains(u.Id) })
            .FirstOrDefaultAsync(cancellationToken);
        return account is not null
            && account.SecurityStamp == principal.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType)
            && account.IsAdmin == principal.IsInRole(Roles.Admin);
    }
}
