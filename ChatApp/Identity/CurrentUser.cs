using System.Security.Claims;
using ChatApp.Data.Entities;

namespace ChatApp.Identity;

/// <summary>Who asks, whichever door they came through: cookie, API key or bearer token.</summary>
/// <param name="Id">The account.</param>
/// <param name="IsAdmin">Whether the account has the role Admin.</param>
/// <param name="Scopes">What the credential may do; a browser session has every scope its account may have.</param>
public sealed record CurrentUser(Guid Id, bool IsAdmin, IReadOnlySet<string> Scopes)
{
    /// <summary>Claim type of one scope; a principal has one such claim per scope.</summary>
    public const string ScopeClaim = "scope";

    /// <summary>Reads the claims that our authentication schemes write.</summary>
    /// <exception cref="InvalidOperationException">The principal is not authenticated by one of them.</exception>
    public static CurrentUser From(ClaimsPrincipal principal)
    {
        string id = principal.FindFirstValue(ClaimTypes.NameIdentifier)
            ?? throw new InvalidOperationException("The principal has no account id.");
        return new CurrentUser(
            Guid.Parse(id),
            principal.IsInRole(Roles.Admin),
            principal.FindAll(ScopeClaim).Select(c => c.Value).ToHashSet());
    }
}

/// <summary>The scopes of an API key, and the names of the authorization policies that ask for them.</summary>
public static class Scopes
{
    /// <summary>Read one's own conversations and runs, and list agents.</summary>
    public const string Read = "read";

    /// <summary>Start and cancel runs, and change one's own conversations.</summary>
    public const string Chat = "chat";

    /// <summary>Change settings; only for admins.</summary>
    public const string Admin = "admin";

    /// <summary>What a key gets when none are named.</summary>
    public const string Default = $"{Read} {Chat}";

    public static readonly IReadOnlyList<string> All = [Read, Chat, Admin];
}
