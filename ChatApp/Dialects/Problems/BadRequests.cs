using System.Text.Json;
using System.Text.RegularExpressions;
using ChatApp.Data;
using Microsoft.AspNetCore.Antiforgery;

namespace ChatApp.Dialects.Problems;

/// <summary>Says what is wrong with a request that the framework could not read, naming the field as the client spells it.</summary>
internal static partial class BadRequests
{
    public static RequestProblem Explain(BadHttpRequestException exception) => exception switch
    {
        { InnerException: JsonException json } => Explain(json),
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(413, "too_large", "The request's body is larger than this server takes."),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new(415, "unsupported_media_type", "Send the body as application/json."),
        { StatusCode: StatusCodes.Status408RequestTimeout } => new(408, "timeout", "The request's body did not arrive in time."),
        _ when exception.Message.Contains("no body was provided", StringComparison.Ordinal) => new(400, "invalid_request", "The request needs a JSON body."),
        _ when Parameter().Match(exception.Message) is { Success: true } match =>
            RequestProblem.Invalid(match.Groups["name"].Value, $"{match.Groups["name"].Value} is missing or not a valid value."),
        _ => new(exception.StatusCode, "invalid_request", "The request can't be read: its body is missing, incomplete or malformed."),
    };

    /// <summary>
    /// What the framework throws without saying that the request is at fault: a charset that it does not know, half of a surrogate
    /// pair in a member's name, a form that breaks off. Null for any other exception.
    /// </summary>
    /// <param name="isForm">Whether the request's body is a form: else the same exceptions are about something of the server's own.</param>
    public static RequestProblem? Find(Exception exception, bool isForm) => exception switch
    {
        InvalidDataException when isForm => new(400, "invalid_request", "The form can't be read: it is incomplete, malformed or too large."),
        // MultipartReader's word for a body that ends before its last boundary; other I/O errors are the server's own.
        IOException when exception.Message.StartsWith("Unexpected end of Stream", StringComparison.Ordinal) =>
            new(400, "invalid_request", "The form can't be read: it ends in the middle."),
        AntiforgeryValidationException => new(400, "invalid_request", "The form can't be read, or its page is too old. Reload the page and try again."),
        InvalidOperationException or NotSupportedException when Charset().IsMatch(exception.Message) =>
            new(415, "unsupported_media_type", "The body's charset is not known here. Send UTF-8."),
        InvalidOperationException when exception.Message.Contains("UTF-16 JSON text", StringComparison.Ordinal) =>
            new(400, "malformed_json", "The body is not valid JSON: it has half of a surrogate pair."),
        _ => null,
    };

    public static RequestProblem Explain(JsonException exception)
    {
        if (Missing().Match(exception.Message) is { Success: true } missing)
            return RequestProblem.Invalid(missing.Groups["name"].Value, $"{missing.Groups["name"].Value} is required.");
        string? field = exception.Path is ['$', '.', .. var path] ? path : null;
        // Its inner exception is the reader's (also a JsonException) where the text is no JSON, and the converter's where it is.
        if (exception.InnerException is JsonException reader)
        {
            // Of a body that ends in the middle the reader says "Expected depth to be zero".
            return reader.Message.Contains("maximum configured depth", StringComparison.Ordinal)
                ? new(400, "invalid_request", "The body is nested too deeply.", field)
                : new(400, "malformed_json",
                    $"The body is not valid JSON: look at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.", field);
        }
        return field is null
            ? new(400, "invalid_request", "The body must be a JSON object.")
            : RequestProblem.Invalid(field, exception.Message.Contains("Duplicate property", StringComparison.Ordinal)
                ? $"{field} is there more than once, or has a member that is."
                : $"{field} has the wrong type, is no valid Unicode, or is not known here.");
    }

    // The framework's own wording, as in: parameter "int limit = 50" from; where it changes, the answer is still a 400, without the field.
    [GeneratedRegex("""parameter "(?:[^"=]* )?(?<name>\w+)(?: = [^"]*)?" """)]
    private static partial Regex Parameter();

    [GeneratedRegex("content type charset|UTF-7")]
    private static partial Regex Charset();

    [GeneratedRegex("missing required properties including: '(?<name>[^']+)'")]
    private static partial Regex Missing();
}
