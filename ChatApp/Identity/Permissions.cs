using System.Security.Claims;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Authorization;

namespace ChatApp.Identity;

/// <summary>Decides what a credential may do. Every door asks it: cookie and key through the claims it writes, routes through its policies.</summary>
public static class Permissions
{
    private static readonly string[] UserScopes = [Scopes.Read, Scopes.Chat];

    /// <summary>All scopes that an account with this role may use; what a browser session gets.</summary>
    public static IReadOnlyList<string> ScopesOf(bool isAdmin) => isAdmin ? Scopes.All : UserScopes;

    /// <summary>What a key may do now: its own scopes, less those that its owner no longer has.</summary>
    public static IEnumerable<string> EffectiveScopes(string keyScopes, bool ownerIsAdmin) =>
        keyScopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Intersect(ScopesOf(ownerIsAdmin));

    public static IEnumerable<Claim> ScopeClaims(IEnumerable<string> scopes) => scopes.Select(s => new Claim(CurrentUser.ScopeClaim, s));

    /// <summary>Adds the policies named after <see cref="Scopes"/>.</summary>
    internal static void AddPolicies(AuthorizationBuilder authorization) => authorization
        .AddPolicy(Scopes.Read, p => p.RequireAuthenticatedUser().RequireClaim(CurrentUser.ScopeClaim, Scopes.Read, Scopes.Chat))
        .AddPolicy(Scopes.Chat, p => p.RequireAuthenticatedUser().RequireClaim(CurrentUser.ScopeClaim, Scopes.Chat))
        .AddPolicy(Scopes.Admin, p => p.RequireRole(Roles.Admin).RequireClaim(CurrentUser.ScopeClaim, Scopes.Admin));
}
