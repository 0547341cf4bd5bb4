using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity.ApiKeys;

/// <summary>Authenticates external apps by <c>Authorization: Bearer</c> or <c>x-api-key</c>, with the same verdict either way.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyVerifier verifier, ApiKeyUses uses, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string Bearer = "Bearer ";
    private const string HeaderName = "x-api-key";

    // One verdict for missing, malformed, unknown, expired and revoked: an attacker learns nothing from it.
    private static readonly AuthenticateResult Refused = AuthenticateResult.Fail("The API key is not valid.");

    /// <summary>Whether the request carries a bearer token that is none of our keys.</summary>
    public static bool HasAccessToken(HttpRequest request) =>
        !request.Headers.ContainsKey(HeaderName)
        && request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && !ApiKeyFormat.IsMarked(authorization.AsSpan(Bearer.Length).TrimStart());

    /// <summary>Whether the request carries a key or a token. Basic credentials are some proxy's and not ours.</summary>
    public static bool HasKey(HttpRequest request) =>
        request.Headers.ContainsKey(HeaderName)
        || request.Headers.Authorization is [{ } authorization, ..] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!TryRead(Request, out var hash) || await verifier.FindAsync(hash) is not { } key)
            return Refused;
        uses.Record(key, time.GetUtcNow().UtcDateTime);
        return key.Result;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Refusals.Unauthorized(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Refusals.Forbidden(Context);

    /// <summary>The hash of the one key that the request carries.</summary>
    public static bool TryRead(HttpRequest request, out ApiKeyHash hash)
    {
        hash = default;
        if (request.Headers.Authorization is not ([] or [_]) || request.Headers[HeaderName] is not ([] or [_]))
            return false;
        string? authorization = request.Headers.Authorization;
        string? header = request.Headers[HeaderName];
        var bearer = authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization.AsSpan(Bearer.Length).Trim()
            : default;
        if (header is null)
            return ApiKeyFormat.TryHash(bearer, out hash);
        return (bearer.IsEmpty || bearer.SequenceEqual(header)) && ApiKeyFormat.TryHash(header, out hash);
    }
}
