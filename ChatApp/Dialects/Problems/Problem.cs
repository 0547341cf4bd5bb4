using System.Text.Json.Serialization;
using ChatApp.Data;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatApp.Dialects.Problems;

/// <summary>The body of an error answer: RFC 9457, with OpenAI's <c>error</c> object as an extension for clients made for that.</summary>
/// <param name="Code">Stable, snake_case; programs decide on it.</param>
/// <param name="Field">The field of the request that is at fault; null for none.</param>
/// <param name="RequestId">To be quoted to whoever reads the server's log.</param>
internal sealed record Problem(
    string Type, string Title, int Status, string Detail, string Code, string? Field, string RequestId, ProblemError Error)
{
    public static Problem From(RequestProblem problem, string requestId) => new(
        "about:blank", ReasonPhrases.GetReasonPhrase(problem.Status), problem.Status, problem.Message, problem.Code, problem.Field, requestId,
        new ProblemError(problem.Message, ErrorType(problem.Status), problem.Field, problem.Code));

    private static string ErrorType(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        < 500 => "invalid_request_error",
        _ => "server_error",
    };
}

/// <summary>An error as OpenAI's API words it; its nulls are written.</summary>
internal sealed record ProblemError(
    string Message, string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    string Code);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
