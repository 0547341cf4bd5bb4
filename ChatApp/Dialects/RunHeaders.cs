namespace ChatApp.Dialects;

/// <summary>The headers that make any answer resumable, whichever dialect it is given in.</summary>
internal static class RunHeaders
{
    public static void Set(HttpResponse response, Guid runId)
    {
        response.Headers["X-Run-Id"] = runId.ToString();
        response.Headers.Location = $"/api/runs/{runId}";
    }
}
