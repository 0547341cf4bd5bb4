using System.Text.Json.Nodes;

namespace ChatApp.Data;

/// <summary>
/// A request that can't be carried out, with a sentence for the person who made it. On HTTP it becomes problem+json
/// (RFC 9457) with <see cref="Field"/> as its member <c>field</c>; in the browser its sentence is shown in the reader's language.
/// </summary>
/// <param name="status">HTTP status, 4xx or 5xx.</param>
/// <param name="code">Stable, snake_case; programs decide on it.</param>
/// <param name="message">A sentence that says what happened and what to do. No secrets, no internals.</param>
/// <param name="field">The field of the request that is at fault, as the client spells it; null for none.</param>
public sealed class RequestProblem(int status, string code, Sentence message, string? field = null) : Exception(message.ToString())
{
    public int Status { get; } = status;
    public string Code { get; } = code;
    public string? Field { get; } = field;

    /// <summary>The message, for another language.</summary>
    public Sentence Sentence { get; } = message;

    /// <summary>For back-pressure answers (429, 503): when it is worth trying again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The limit that was hit; null for none.</summary>
    public RequestLimit? Limit { get; init; }

    /// <summary>All that does not fit, in the words of a wire format that lists it; null for the others.</summary>
    public JsonArray? Errors { get; init; }

    public static RequestProblem Invalid(string field, Sentence message) => new(400, "invalid_request", message, field);

    /// <summary>Someone else's id answers like an unknown one.</summary>
    public static RequestProblem NotFound(string field, Sentence message) => new(404, "not_found", message, field);
}

/// <summary>A limit as the RateLimit header fields tell it (draft-ietf-httpapi-ratelimit-headers).</summary>
/// <param name="Policy">Its name, a token.</param>
/// <param name="Quota">How much it allows.</param>
/// <param name="Remaining">How much of that is left.</param>
public sealed record RequestLimit(string Policy, int Quota, int Remaining);
