using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Dialects.FastApi;
using ChatApp.Dialects.Problems;
using ChatApp.Identity.ApiKeys;
using Microsoft.AspNetCore.Diagnostics;

namespace ChatApp.Dialects.Agentic;

/// <summary>FastAPI's errors, but with the body where that does not fit, and with a shape of their own for faults of the server.</summary>
internal sealed class AgenticErrors : IErrorFormat
{
    public static readonly AgenticErrors Instance = new();

    private readonly FastApiErrors _fastApi = new(Unauthorized, repeatsBody: true);

    public async Task WriteAsync(HttpContext context, RequestProblem problem)
    {
        if (problem.Status != StatusCodes.Status500InternalServerError)
        {
            await _fastApi.WriteAsync(context, problem);
            return;
        }
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        // The exception handler has put the error page's path in the place of the request's.
        string? path = context.Features.Get<IExceptionHandlerPathFeature>()?.Path ?? context.Request.Path.Value;
        var body = new JsonObject { ["error"] = "Internal server error", ["message"] = problem.Message, ["path"] = path };
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private static (int Status, string Detail) Unauthorized(HttpContext http) =>
        (StatusCodes.Status401Unauthorized, ApiKeyHandler.HasKey(http.Request) ? "Invalid token" : "Not authenticated");
}
