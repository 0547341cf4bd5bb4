using System.Globalization;
using System.Text.Json;
using ChatApp.Data;

namespace ChatApp.Dialects.Problems;

/// <summary>Answers a request with a problem.</summary>
internal static class ProblemDetailsWriter
{
    public static async Task WriteAsync(HttpContext context, RequestProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        long seconds = Math.Max(1, (long)Math.Ceiling(problem.RetryAfter?.TotalSeconds ?? 1));
        if (problem.RetryAfter != null)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (problem.Limit is { } limit)
        {
            response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{limit.Policy}\";q={limit.Quota}");
            response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{limit.Policy}\";r={limit.Remaining};t={seconds}");
        }
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(Problem.From(problem, context.TraceIdentifier), ProblemJson.Default.Problem);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
