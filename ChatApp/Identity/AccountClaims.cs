using System.Security.Claims;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity;

/// <summary>Adds to a browser session's principal the scopes that the account's role allows.</summary>
internal sealed class AccountClaims(UserManager<Account> users, RoleManager<IdentityRole<Guid>> roles, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<Account, IdentityRole<Guid>>(users, roles, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Account user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaims(Permissions.ScopeClaims(Permissions.ScopesOf(identity.HasClaim(identity.RoleClaimType, Roles.Admin))));
        return identity;
    }
}
