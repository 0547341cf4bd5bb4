using ChatApp.Data;
using ChatApp.Dialects.FastApi;
using ChatApp.Identity;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace ChatApp.Dialects.Relay;

/// <summary>Who calls: whoever has a credential, and nobody else unless the admin has opened the route.</summary>
internal sealed class RelayCaller(IOptions<RelayOptions> options, AccountService accounts)
{
    /// <summary>The policy of the route.</summary>
    public static void AddRequirements(AuthorizationPolicyBuilder policy) => policy.RequireAssertion(context =>
        context.User.HasClaim(CurrentUser.ScopeClaim, Scopes.Chat)
        || (context.Resource is HttpContext http && IsAnonymous(http) && http.RequestServices.GetRequiredService<IOptions<RelayOptions>>().Value.Open));

    /// <exception cref="RequestProblem">503: the route is open, but the account that it should act for is not there.</exception>
    public async Task<CurrentUser> FindAsync(HttpContext http)
    {
        if (!IsAnonymous(http))
            return CurrentUser.From(http.User);
        string? email = options.Value.Account;
        return email != null && await accounts.FindByEmailAsync(email) is { DisabledAt: null } account
            ? new CurrentUser(account.Id, IsAdmin: false, Permissions.ScopesOf(isAdmin: false).ToHashSet())
            : throw new RequestProblem(503, "no_account", "This route is open, but the account that is set as Relay:Account is not there or disabled.");
    }

    // A credential that is no good is refused also where none would do: its owner believes to be somebody.
    private static bool IsAnonymous(HttpContext http) => http.User.Identity?.IsAuthenticated != true && !FastApiErrors.HasCredential(http);
}
