using ChatApp.Data;
using ChatApp.Identity.ApiKeys;

namespace ChatApp.Identity;

/// <summary>Refuses what another site makes a signed-in person's browser do: requests that change something, and the circuit's socket.</summary>
internal static class CrossSiteGuard
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        // A key is not sent by a browser on its own.
        if ((IsUnsafe(request.Method) || request.Path.StartsWithSegments("/_blazor")) && IsForeign(request) && !ApiKeyHandler.HasKey(request)
            && !CrossOrigin.Allows(context))
            throw new RequestProblem(403, "cross_site", "This request comes from another site. Open the page on this server itself.");
        return next(context);
    }

    private static bool IsUnsafe(string method) =>
        !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));

    // Sec-Fetch-Site is the browser's own word, but comes only over https or on localhost; Origin comes always. Host names are
    // compared without the scheme, which a proxy that ends TLS hides from us. Without either header it is no browser.
    private static bool IsForeign(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        if (site is not (null or "same-origin" or "none"))
            return true;
        string? origin = request.Headers.Origin;
        return !string.IsNullOrEmpty(origin)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && string.Equals(uri.Authority, WithoutDefaultPort(request.Host, uri), StringComparison.OrdinalIgnoreCase));
    }

    private static string WithoutDefaultPort(HostString host, Uri origin) =>
        host.Port is { } port && port == (origin.Scheme == Uri.UriSchemeHttps ? 443 : 80) ? host.Host : host.Value ?? "";
}
