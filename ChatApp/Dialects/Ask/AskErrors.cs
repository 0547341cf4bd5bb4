using System.Text.Json;
using System.Text.Json.Nodes;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Dialects.Problems;

namespace ChatApp.Dialects.Ask;

/// <summary>How the routes of the Ask API tell of errors, each in its own way.</summary>
internal sealed class AskErrors : IErrorFormat
{
    /// <summary>The stream: plain text for what the client did, JSON as in the stream for what the server lacks.</summary>
    public static readonly AskErrors Stream = new(problem => IsClients(problem) ? null : Event(problem));

    /// <summary>The routes with an envelope.</summary>
    public static readonly AskErrors Envelope = new(problem =>
        new JsonObject { ["success"] = false, ["error"] = SentenceOf(problem) }.ToJsonString());

    /// <summary>The simple stream.</summary>
    public static readonly AskErrors Simple = new(problem =>
        new JsonObject { ["error"] = problem.Status == StatusCodes.Status404NotFound ? "Session not found" : SentenceOf(problem) }.ToJsonString());

    private readonly Func<RequestProblem, string?> _json;

    /// <param name="json">The body; null for plain text.</param>
    private AskErrors(Func<RequestProblem, string?> json) => _json = json;

    public async Task WriteAsync(HttpContext context, RequestProblem problem)
    {
        var response = context.Response;
        // A provider without a key is 503 elsewhere.
        response.StatusCode = problem.Code == AskSetup.MissingKey ? StatusCodes.Status500InternalServerError : problem.Status;
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string? json = _json(problem);
        response.ContentType = json == null ? "text/plain; charset=utf-8" : "application/json";
        await response.WriteAsync(json ?? SentenceOf(problem), context.RequestAborted);
    }

    /// <summary>An error as the stream words it.</summary>
    public static string Event(RequestProblem problem) => new JsonObject { ["type"] = "error", ["error"] = SentenceOf(problem) }.ToJsonString();

    private static bool IsClients(RequestProblem problem) => problem.Status is >= 400 and < 500 and not 429;

    private static string SentenceOf(RequestProblem problem) => problem.Status switch
    {
        StatusCodes.Status401Unauthorized => "Authentification requise",
        StatusCodes.Status403Forbidden => "Accès non autorisé à cette ASK",
        StatusCodes.Status404NotFound => "ASK introuvable pour la clé fournie",
        _ => problem.Message,
    };
}
