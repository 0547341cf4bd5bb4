using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace ChatApp.Identity;

/// <summary>Signs an open circuit out when its account has been disabled, demoted or promoted, or has a new security stamp.</summary>
internal sealed class AccountRevalidator(ILoggerFactory loggers, SessionCheck sessions) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => IdentityServices.RevalidationInterval;

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        sessions.IsValidAsync(authenticationState.User, cancellationToken);
}
