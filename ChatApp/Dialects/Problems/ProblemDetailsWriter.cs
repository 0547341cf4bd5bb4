using System.Globalization;
using System.Text.Json;
using ChatApp.Data;
using Microsoft.AspNetCore.Diagnostics;

namespace ChatApp.Dialects.Problems;

/// <summary>How the routes of a wire format tell of errors, as metadata of its endpoints. Without one it is problem+json.</summary>
internal interface IErrorFormat
{
    /// <summary>Writes status, headers and body. Nothing has been sent yet.</summary>
    Task WriteAsync(HttpContext context, RequestProblem problem);
}

/// <summary>Answers a request with a problem.</summary>
internal static class ProblemDetailsWriter
{
    public static async Task WriteAsync(HttpContext context, RequestProblem problem)
    {
        // The exception handler has taken the endpoint away from the request.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<IErrorFormat>() is { } format)
        {
            await format.WriteAsync(context, problem);
            return;
        }
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
