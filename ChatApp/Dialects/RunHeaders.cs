namespace ChatApp.Dialects;

/// <summary>The headers that make any answer resumable, whichever dialect it is given in.</summary>
internal static class RunHeaders
{
    /// <param name="location">Where to find it for somebody who owns no run; null for its owner.</param>
    public static void Set(HttpResponse response, Guid runId, string? location = null)
    {
        response.Headers["X-Run-Id"] = runId.ToString();
        response.Headers.Location = location ?? $"/api/runs/{runId}";
    }
}
