using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatApp.Providers;

/// <summary>Turns what goes wrong at one provider into <see cref="ProviderException"/>s.</summary>
/// <param name="provider">Its name, for messages to people.</param>
/// <param name="apiKey">What nobody may read, whatever the provider repeats; null for none.</param>
internal sealed partial class ProviderErrors(string provider, string? apiKey, TimeProvider time)
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxSaid = 200;
    private const int MaxDetail = 2000;

    /// <summary>Reads at most 64 KB of a failed response's body.</summary>
    public static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = new byte[MaxBodyBytes];
        int length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The status says enough.
        }
        return Encoding.UTF8.GetString(body, 0, length);
    }

    public ProviderException FromStatus(HttpResponseMessage response, string body)
    {
        int status = (int)response.StatusCode;
        string said = Said(body);
        (ProviderFault fault, string sentence) = status switch
        {
            401 => (ProviderFault.Unauthorized, $"The provider {provider} refused the API key."),
            403 => (ProviderFault.Unauthorized, $"The provider {provider} does not allow this with the API key.{said}"),
            404 => (ProviderFault.NotFound, $"The provider {provider} does not know the model, or its base URL is wrong.{said}"),
            408 => (ProviderFault.ServerError, $"The provider {provider} gave up waiting (408).{said}"),
            429 => (ProviderFault.RateLimited, $"The provider {provider} takes no more requests for now (429).{said}"),
            >= 500 => (ProviderFault.ServerError, $"The provider {provider} failed ({status}).{said}"),
            >= 300 and < 400 => (ProviderFault.Rejected, $"The provider {provider} redirects to another address, which is not followed. Check its base URL."),
            _ => (ProviderFault.Rejected, $"The provider {provider} rejected the request ({status}).{said}"),
        };
        return new ProviderException(fault, sentence) { RetryAfter = RetryAfter(response.Headers), Detail = $"HTTP {status}: {Cut(Mask(body), MaxDetail)}" };
    }

    /// <summary>An error event in a stream that began with 200.</summary>
    public ProviderException FromFrame(string frame) =>
        new(ProviderFault.ServerError, $"The provider {provider} reported an error.{Said(frame)}") { Detail = Cut(Mask(frame), MaxDetail) };

    public ProviderException EndedEarly() =>
        new(ProviderFault.Dropped, $"The provider {provider} ended the answer without saying that it is complete.");

    public ProviderException NotAStream(string? contentType) =>
        new(ProviderFault.InvalidResponse, $"The provider {provider} did not answer with a stream of events. Check its base URL.")
        {
            Detail = $"Content-Type: {Mask(contentType ?? "none")}",
        };

    /// <summary>An exception of HttpClient, of the stream or of the parser. Cancellation by the caller is none of them.</summary>
    /// <param name="streaming">Whether the answer had begun.</param>
    public ProviderException FromException(Exception exception, bool streaming)
    {
        if (exception is ProviderException known)
            return known;
        (ProviderFault fault, string sentence) = exception switch
        {
            JsonException or InvalidDataException =>
                (ProviderFault.InvalidResponse, $"The provider {provider} sent something that is not a valid answer."),
            _ when streaming => (ProviderFault.Dropped, $"The provider {provider} broke off the answer."),
            OperationCanceledException => (ProviderFault.Unreachable, $"The provider {provider} can't be reached: it did not answer in time."),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                (ProviderFault.Unreachable, $"The provider {provider} can't be reached: its host name is unknown."),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                (ProviderFault.Unreachable, $"The provider {provider} can't be reached: no secure connection could be made."),
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                (ProviderFault.Unreachable, $"The provider {provider} can't be reached: the connection was refused."),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError } =>
                (ProviderFault.Unreachable, $"The provider {provider} can't be reached."),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.VersionNegotiationError } =>
                (ProviderFault.InvalidResponse, $"The provider {provider} does not speak HTTP at its base URL."),
            _ => (ProviderFault.Dropped, $"The provider {provider} closed the connection without an answer."),
        };
        return new ProviderException(fault, sentence) { Detail = Describe(exception) };
    }

    // OpenAI's more exact header goes first. The framework reads seconds into 32 bits and drops what does not fit; here a wait
    // that is longer than anybody has stays one.
    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        if (Number(headers, "retry-after-ms") is { } milliseconds)
            return TimeSpan.FromSeconds(Math.Min(milliseconds / 1000, LongestWaitSeconds));
        if (Number(headers, "Retry-After") is { } seconds)
            return TimeSpan.FromSeconds(Math.Min(seconds, LongestWaitSeconds));
        var wait = headers.RetryAfter?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private const double LongestWaitSeconds = 1e9;

    private static double? Number(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values)
        && double.TryParse(values.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    // The provider's own words, as a sentence to append: short, on one line, without anything that may be a secret.
    private string Said(string body)
    {
        string? message = null;
        try
        {
            using var json = JsonDocument.Parse(body);
            message = Message(json.RootElement);
        }
        catch (JsonException)
        {
            // HTML of a proxy: for the log only.
        }
        if (string.IsNullOrWhiteSpace(message))
            return "";
        message = Whitespace().Replace(Mask(message), " ").Trim();
        return $" It said: {Cut(message, MaxSaid)}";
    }

    // {"error":{"message":"…"}}, {"error":"…"}, {"message":"…"} or {"detail":"…"}.
    private static string? Message(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Object when json.TryGetProperty("error", out var error) => Message(error),
        JsonValueKind.Object when json.TryGetProperty("message", out var message) => Message(message),
        JsonValueKind.Object when json.TryGetProperty("detail", out var detail) => Message(detail),
        _ => null,
    };

    /// <summary>
    /// For the log: the chain of exceptions, and where the first one comes from. The exceptions themselves do not go with ours:
    /// a logger would write their messages, and an SDK's has the provider's words in it.
    /// </summary>
    private string Describe(Exception exception)
    {
        var text = new StringBuilder();
        for (var e = exception; e != null; e = e.InnerException)
            text.Append(text.Length > 0 ? " ← " : "").Append(e.GetType().Name).Append(": ").Append(Cut(Mask(e.Message), MaxDetail));
        return text.AppendLine().Append(exception.StackTrace).ToString();
    }

    private string Mask(string text) => Secret().Replace(string.IsNullOrEmpty(apiKey) ? text : text.Replace(apiKey, "…", StringComparison.Ordinal), "…");

    private static string Cut(string text, int max) =>
        text.Length <= max ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[max - 1]) ? max - 1 : max), "…");

    // A known prefix of keys, or any run of 24 characters that no word of a sentence has.
    [GeneratedRegex(@"\b(?:sk|pk|rk|gsk|xai|key|bearer|token)[-_: ]+[^\s""',]{6,}|[A-Za-z0-9_\-+/*.=]{24,}", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"[\s\p{C}]+")]
    private static partial Regex Whitespace();
}
