using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Diagnostics;

/// <summary>The answer to a load balancer or supervisor; says nothing about the server beyond this.</summary>
internal sealed record Health(bool Ok, string Status);

public static class HealthApi
{
    /// <summary><c>GET /health</c>: 200, or 503 where the database does not answer.</summary>
    public static void MapHealth(this WebApplication app) => app.MapGet("/health", GetAsync).AllowAnonymous().WithName("GetHealth")
        .WithTags("Health").WithSummary("Whether the server can answer").Produces<Health>().Produces<Health>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<JsonHttpResult<Health>> GetAsync(HealthProbe probe, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return await probe.IsHealthyAsync()
            ? TypedResults.Json(new Health(true, "healthy"))
            : TypedResults.Json(new Health(false, "unhealthy"), statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
