using System.Text.Json;
using System.Text.Json.Nodes;
using ChatApp.Data;

namespace ChatApp.Dialects.Ask;

/// <summary>The fields that clients send. They send what they like besides, or nothing at all.</summary>
internal sealed class AskBody
{
    private readonly JsonObject _fields;

    private AskBody(JsonObject fields) => _fields = fields;

    public string? Content => Text("content");
    public string? Message => Text("message");
    public string? SenderName => Text("senderName");
    public string? SessionId => Text("askSessionId");

    public bool DetectsInsights => _fields["detectInsights"] is JsonValue value && value.TryGetValue(out bool wanted) && wanted;

    /// <summary>What the client wants to be kept with the message, as a JSON object; null for nothing.</summary>
    /// <exception cref="RequestProblem">400: it is too long.</exception>
    public string? Metadata
    {
        get
        {
            var metadata = (_fields["metadata"] as JsonObject)?.DeepClone().AsObject() ?? [];
            if (Text("type") is { Length: > 0 and <= 50 } type && type != AskMessageJson.Text)
                metadata["type"] = type;
            if (metadata.Count == 0)
                return null;
            string json;
            try
            {
                json = metadata.ToJsonString();
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                throw Unreadable();
            }
            return json.Length <= MaxMetadata ? json : throw RequestProblem.Invalid("metadata", $"The metadata are longer than {MaxMetadata / 1024} KB.");
        }
    }

    /// <exception cref="RequestProblem">400: it is no JSON object.</exception>
    public static async Task<AskBody> ReadAsync(HttpContext http)
    {
        try
        {
            using var buffer = new MemoryStream();
            await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
            if (buffer.Length == 0)
                return new AskBody([]);
            var node = JsonNode.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
            return node is JsonObject fields ? new AskBody(fields) : throw Unreadable();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Unreadable();
        }
    }

    // Far below what the answers' writer takes: a message that was stored must be readable by everybody.
    private const int MaxDepth = 24;

    /// <summary>A string; null for anything else.</summary>
    private string? Text(string name)
    {
        try
        {
            return _fields[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no text.
            throw Unreadable();
        }
    }

    private const int MaxMetadata = 16 * 1024;

    private static RequestProblem Unreadable() => new(400, "malformed_json", "Invalid JSON body");
}
