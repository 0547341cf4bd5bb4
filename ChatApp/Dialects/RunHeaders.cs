namespace ChatApp.Dialects;

/// <summary>The headers that make any request repeatable and any answer resumable, whichever dialect it is given in.</summary>
internal static class RunHeaders
{
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>The key under which the request may be sent again; null for none.</summary>
    public static string? KeyOf(HttpRequest request) => request.Headers.TryGetValue(IdempotencyKey, out var key) ? key.ToString() : null;

    /// <param name="location">Where to find it for somebody who owns no run; null for its owner.</param>
    public static void Set(HttpResponse response, Guid runId, string? location = null)
    {
        response.Headers["X-Run-Id"] = runId.ToString();
        response.Headers.Location = location ?? $"/api/runs/{runId}";
    }
}
