using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace ChatApp.Identity;

/// <summary>
/// Lets a browser without an account have a circuit, once a page that guests may see has let it in. It opens no page and no route:
/// what a guest may see is decided there, each time anew.
/// </summary>
public sealed class GuestPass(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Policy of pages and the circuit: people who have signed in; for the circuit also those with a pass.</summary>
    public const string Policy = "page";

    private const string CookieName = "chat_guest";
    private const string CircuitPath = "/_blazor";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly IDataProtector _protector = protection.CreateProtector("ChatApp.Identity.GuestPass.v1");

    /// <summary>Gives the browser a pass. Nothing of the answer has been sent yet.</summary>
    public void Issue(HttpContext context)
    {
        string expiry = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        context.Response.Cookies.Append(CookieName, _protector.Protect(expiry), new CookieOptions
        {
            HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = CircuitPath, MaxAge = Lifetime,
        });
    }

    internal static void AddPolicy(AuthorizationBuilder authorization) => authorization.AddPolicy(Policy, p => p.RequireAssertion(context =>
        context.User.Identity is { IsAuthenticated: true }
        || (context.Resource is HttpContext http && http.Request.Path.StartsWithSegments(CircuitPath)
            && http.RequestServices.GetRequiredService<GuestPass>().IsValid(http.Request))));

    private bool IsValid(HttpRequest request)
    {
        try
        {
            return request.Cookies[CookieName] is { } cookie
                && long.TryParse(_protector.Unprotect(cookie), NumberStyles.None, CultureInfo.InvariantCulture, out long expiry)
                && time.GetUtcNow().ToUnixTimeSeconds() < expiry;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
