using Microsoft.Extensions.Primitives;

namespace ChatApp.Identity;

/// <summary>Headers that limit what a browser does with our answers.</summary>
public static class SecurityHeaders
{
    // Radzen positions by style attributes; style elements and scripts in the page stay blocked. docs/decisions
    private static readonly StringValues Policy = Build("style-src 'self'; style-src-attr 'unsafe-inline'");

    // Swagger UI brings style elements of its own.
    private static readonly StringValues SwaggerPolicy = Build("style-src 'self' 'unsafe-inline'");

    // What people have uploaded, opened by itself.
    private static readonly StringValues FilePolicy = "sandbox; default-src 'none'";

    private static readonly StringValues PermissionsPolicy =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(self), payment=(), usb=()";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use(static (context, next) =>
    {
        // At the last moment: whoever answers an error first clears the headers.
        context.Response.OnStarting(static state => Add((HttpContext)state), context);
        return next(context);
    });

    private static Task Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        var path = context.Request.Path;
        headers.ContentSecurityPolicy = path.StartsWithSegments("/swagger") ? SwaggerPolicy : path.StartsWithSegments("/api/files") ? FilePolicy : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Task.CompletedTask;
    }

    private static string Build(string styles) =>
        $"default-src 'none'; script-src 'self'; {styles}; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'";
}
