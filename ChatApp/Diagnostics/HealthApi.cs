using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Diagnostics;

/// <summary>Answer of <c>GET /health</c>: <c>ok</c> and <c>status</c> say the same, for clients of either habit.</summary>
internal sealed record Health(bool Ok, string Status);

/// <summary>Asks the database at most once a second, however many probes ask us.</summary>
internal sealed partial class HealthProbe(IDbContextFactory<ChatDbContext> databases, TimeProvider time, ILogger<HealthProbe> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private Health? _last;
    private long _at;

    public async Task<Health> CheckAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_last != null && time.GetElapsedTime(_at) < TimeSpan.FromSeconds(1))
                return _last;
            _last = await AskAsync(cancellationToken) ? new Health(true, "healthy") : new Health(false, "unhealthy");
            _at = time.GetTimestamp();
            return _last;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.Roles.AnyAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnhealthy(e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database does not answer.")]
    private partial void LogUnhealthy(Exception e);
}

internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/health", async (HealthProbe probe, CancellationToken cancellationToken) =>
            {
                var health = await probe.CheckAsync(cancellationToken);
                return TypedResults.Json(health, statusCode: health.Ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
            })
            .AllowAnonymous().WithTags("Health").WithSummary("Whether the server can do its work");
}
