using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>Writes the body of a chat completions request.</summary>
internal static class RequestWriter
{
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="usage">Whether to ask for a usage report; some older servers refuse the question.</param>
    /// <param name="maxTokensName">What the server calls the limit of an answer.</param>
    public static ReadOnlyMemory<byte> Write(IEnumerable<ChatMessage> messages, ChatOptions? options, bool usage, string maxTokensName)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("model", options?.ModelId ?? throw new ArgumentException("ChatOptions.ModelId names no model.", nameof(options)));
        json.WriteBoolean("stream", true);
        if (usage)
        {
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
        }
        WriteParameters(json, options, maxTokensName);
        json.WriteStartArray("messages");
        if (!string.IsNullOrEmpty(options.Instructions))
            WriteText(json, "system", options.Instructions);
        foreach (var message in messages)
            WriteMessage(json, message);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteParameters(Utf8JsonWriter json, ChatOptions options, string maxTokensName)
    {
        if (options.Temperature is { } temperature)
            json.WriteNumber("temperature", temperature);
        if (options.TopP is { } topP)
            json.WriteNumber("top_p", topP);
        if (options.MaxOutputTokens is { } max)
            json.WriteNumber(maxTokensName, max);
        if (options.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop");
            foreach (string stop in stops)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }
        var tools = options.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        if (tools.Count == 0)
            return;
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        var results = message.Contents.OfType<FunctionResultContent>().ToList();
        if (results.Count > 0)
        {
            foreach (var result in results)
                WriteText(json, "tool", ResultText(result.Result), result.CallId);
            return;
        }
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        var images = message.Contents.Select(ImageUrl).OfType<string>().ToList();
        if (calls.Count == 0 && images.Count == 0)
        {
            WriteText(json, message.Role.Value, message.Text);
            return;
        }
        json.WriteStartObject();
        json.WriteString("role", message.Role.Value);
        if (images.Count == 0)
            json.WriteString("content", message.Text);
        else
            WriteParts(json, message.Text, images);
        if (calls.Count > 0)
            WriteCalls(json, calls);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string role, string text, string? callId = null)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        if (callId is not null)
            json.WriteString("tool_call_id", callId);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    private static string? ImageUrl(AIContent content) => content switch
    {
        DataContent data when data.HasTopLevelMediaType("image") => data.Uri,
        UriContent uri when uri.HasTopLevelMediaType("image") => uri.Uri.AbsoluteUri,
        _ => null,
    };

    private static void WriteParts(Utf8JsonWriter json, string text, List<string> images)
    {
        json.WriteStartArray("content");
        if (text.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", text);
            json.WriteEndObject();
        }
        foreach (string image in images)
        {
            json.WriteStartObject();
            json.WriteString("type", "image_url");
            json.WriteStartObject("image_url");
            json.WriteString("url", image);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCalls(Utf8JsonWriter json, List<FunctionCallContent> calls)
    {
        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.CallId);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), Compact));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string ResultText(object? result) =>
        result as string ?? (result is null ? "" : JsonSerializer.Serialize(result, Compact));
}
