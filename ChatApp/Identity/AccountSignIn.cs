using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity;

/// <summary>Identity's sign-in, which knows that an account can be disabled.</summary>
public sealed class AccountSignIn(
    UserManager<Account> users, IHttpContextAccessor contexts, IUserClaimsPrincipalFactory<Account> claims, IOptions<IdentityOptions> options,
    ILogger<SignInManager<Account>> logger, IAuthenticationSchemeProvider schemes, IUserConfirmation<Account> confirmation, BrowserSessions browsers,
    AccountSessions sessions, SignInTurns turns)
    : SignInManager<Account>(users, contexts, claims, options, logger, schemes, confirmation)
{
    private static readonly Account Nobody = new();
    private static readonly string NobodysHash = new PasswordHasher<Account>().HashPassword(Nobody, Guid.NewGuid().ToString());

    /// <summary>Signs a person in by password and sets the cookie. Wrong address, wrong password, disabled and locked all look the same.</summary>
    /// <exception cref="RequestProblem">Too many try at once.</exception>
    public async Task<bool> TrySignInAsync(string email, string password, bool remember)
    {
        using var turn = await turns.EnterAsync(Context.RequestAborted);
        if (await UserManager.FindByEmailAsync(email.Trim()) is { } account)
            return (await PasswordSignInAsync(account, password, remember, lockoutOnFailure: true)).Succeeded;
        SpendTime();
        return false;
    }

    /// <summary>The person with this password, without a cookie; null where <see cref="TrySignInAsync"/> would be false.</summary>
    /// <exception cref="RequestProblem">Too many try at once.</exception>
    public async Task<ClaimsPrincipal?> CheckAsync(string email, string password)
    {
        using var turn = await turns.EnterAsync(Context.RequestAborted);
        if (await UserManager.FindByEmailAsync(email.Trim()) is { } account)
            return (await CheckPasswordSignInAsync(account, password, lockoutOnFailure: true)).Succeeded ? await CreateUserPrincipalAsync(account) : null;
        SpendTime();
        return null;
    }

    // Disabled and locked accounts are refused before their password is looked at.
    protected override async Task<SignInResult?> PreSignInCheck(Account user)
    {
        var refused = await base.PreSignInCheck(user);
        if (refused is not null)
            SpendTime();
        return refused;
    }

    // As long as it takes with an account that exists and is open, or the time would tell which are.
    private void SpendTime() => UserManager.PasswordHasher.VerifyHashedPassword(Nobody, NobodysHash, "");

    public override async Task<bool> CanSignInAsync(Account user) => user.DisabledAt is null && await base.CanSignInAsync(user);

    public override async Task SignInWithClaimsAsync(Account user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims) =>
        await base.SignInWithClaimsAsync(
            user, authenticationProperties, additionalClaims.Append(await browsers.OpenAsync(user.Id, Context.RequestAborted)));

    /// <summary>Ends this browser's session, and every copy of its cookie with it. Other browsers' go on.</summary>
    public override async Task SignOutAsync()
    {
        await sessions.EndAsync(Context.User, Context.RequestAborted);
        await base.SignOutAsync();
    }

    // Asked every few seconds for each cookie.
    public override async Task<Account?> ValidateSecurityStampAsync(ClaimsPrincipal? principal) =>
        principal != null && await browsers.ContinueAsync(principal, Context.RequestAborted) ? await base.ValidateSecurityStampAsync(principal) : null;

    // Asked every few seconds for each session. Whoever disables an account need not remember to change its stamp too.
    public override async Task<bool> ValidateSecurityStampAsync(Account? user, string? securityStamp) =>
        user is { DisabledAt: null } && await base.ValidateSecurityStampAsync(user, securityStamp);
}
