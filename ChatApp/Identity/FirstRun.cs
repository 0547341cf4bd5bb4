using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity;

/// <summary>Whether the server still waits for its first admin, and who may become it.</summary>
public sealed class FirstRun(IDbContextFactory<ChatDbContext> databases)
{
    public const string Path = "/setup";

    // No letters or digits that look alike; 50 bits, too many to guess over a network.
    private const string CodeAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    // Set by a proxy, or by the framework once it has believed one. A browser sends none of them by itself.
    private static readonly string[] ProxyHeaders = ["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Ray"];
    private static readonly string[] ProxyPrefixes = ["X-Forwarded", "X-Original-", "X-Envoy-", "X-Proxy"];

    private volatile bool _isDone;

    /// <summary>Lets a browser on another machine become the first admin; printed on the console.</summary>
    internal string Code { get; } = RandomNumberGenerator.GetString(CodeAlphabet, 5) + "-" + RandomNumberGenerator.GetString(CodeAlphabet, 5);

    /// <summary>True until there is an admin. Once there is one it costs nothing.</summary>
    public async ValueTask<bool> IsPendingAsync(CancellationToken cancellationToken)
    {
        if (_isDone)
            return false;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return !(_isDone = await db.HasAdminAsync(cancellationToken));
    }

    /// <summary>
    /// Whether the request is made on this very machine. A proxy makes everybody look so: it is told by its headers, or by the
    /// host name it serves, which also keeps out a foreign page that has its own name resolve to us.
    /// </summary>
    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !context.Request.Headers.Keys.Any(IsProxys)
        && (context.Request.Host.Host is "localhost" || IPAddress.TryParse(context.Request.Host.Host, out var host) && IPAddress.IsLoopback(host));

    private static bool IsProxys(string header) =>
        ProxyHeaders.Contains(header, StringComparer.OrdinalIgnoreCase) || ProxyPrefixes.Any(p => header.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the code is the one on the console.</summary>
    public bool IsCode(string? code) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code?.Trim().ToUpperInvariant() ?? ""), Encoding.UTF8.GetBytes(Code));

    /// <summary>Sends every page to the set-up page while there is no admin.</summary>
    internal static async Task RedirectAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method) && Refusals.IsPage(context)
            && context.Request.Path.Value is not (Path or "/error" or "/not-found")
            && await context.RequestServices.GetRequiredService<FirstRun>().IsPendingAsync(context.RequestAborted))
        {
            context.Response.Redirect(Path);
            return;
        }
        await next(context);
    }
}
