using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Dialects.Problems;

namespace ChatApp.Dialects.FastApi;

/// <summary>
/// Errors as FastAPI words them: <c>{"detail": string}</c>, and for a body or query that does not fit 422 with a list of what
/// does not (https://fastapi.tiangolo.com/tutorial/handling-errors/). ASCII only, like all that these clients read.
/// </summary>
/// <param name="unauthorized">Status and detail for a request that is not signed in: depends on what it sent.</param>
/// <param name="repeatsBody">Whether a body that does not fit comes back beside what does not.</param>
internal sealed class FastApiErrors(Func<HttpContext, (int Status, string Detail)> unauthorized, bool repeatsBody = false) : IErrorFormat
{
    public async Task WriteAsync(HttpContext context, RequestProblem problem)
    {
        var (status, detail) = problem.Code == "unauthorized" ? unauthorized(context) : (problem.Status, problem.Message);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var errors = problem.Errors ?? ErrorsOf(context, problem);
        var answer = new JsonObject { ["detail"] = errors?.DeepClone() ?? JsonValue.Create(detail) };
        if (repeatsBody && errors != null)
            answer["body"] = FastApiInput.BodyOf(context)?.DeepClone();
        await response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    /// <summary>Clients expect a list with a 422, also where it is the header that does not fit.</summary>
    private static JsonArray? ErrorsOf(HttpContext context, RequestProblem problem) => problem is { Status: StatusCodes.Status422UnprocessableEntity, Field: "idempotency_key" }
        ? [new FastApiError("value_error", "header", "idempotency-key", problem.Message, RunHeaders.KeyOf(context.Request)).ToJson()]
        : null;

    /// <summary>Whether the request brought a bearer token or a key at all.</summary>
    public static bool HasCredential(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 || context.Request.Headers.ContainsKey("x-api-key");
}

/// <summary>One thing that does not fit, as pydantic reports it (https://docs.pydantic.dev/latest/errors/validation_errors/).</summary>
/// <param name="Type">e.g. <c>missing</c>, <c>string_type</c>.</param>
/// <param name="In"><c>body</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Field">Null for the whole.</param>
/// <param name="Input">What was sent; null for nothing.</param>
/// <param name="Context">What the limit was; null for none.</param>
internal sealed record FastApiError(string Type, string In, string? Field, string Message, JsonNode? Input, JsonObject? Context = null)
{
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["type"] = Type,
            ["loc"] = Field == null ? new JsonArray(In) : new JsonArray(In, Field),
            ["msg"] = Message,
            ["input"] = Input?.DeepClone(),
        };
        if (Context != null)
            json["ctx"] = Context.DeepClone();
        return json;
    }
}
