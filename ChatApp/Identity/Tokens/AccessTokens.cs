using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;

namespace ChatApp.Identity.Tokens;

/// <summary>The framework's bearer scheme, with the verdict of <see cref="TokenSessions"/>.</summary>
internal static class AccessTokens
{
    private const string Bearer = "Bearer ";

    public static AuthenticationBuilder AddAccessTokens(this AuthenticationBuilder authentication)
    {
        authentication.Services.AddSingleton<TokenSessions>();
        return authentication.AddBearerToken(TokenSessions.SchemeName, o => o.Events = new BearerTokenEvents { OnMessageReceived = DecideAsync });
    }

    private static async Task DecideAsync(MessageReceivedContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<TokenSessions>();
        if (context.Request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && await sessions.AuthenticateAsync(authorization[Bearer.Length..].Trim(), context.HttpContext.RequestAborted) is { } person)
        {
            context.Principal = person;
            context.Success();
            return;
        }
        context.Fail("The access token is not valid.");
    }
}
