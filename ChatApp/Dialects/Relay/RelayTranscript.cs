using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Dialects.FastApi;
using ChatApp.Runs;

namespace ChatApp.Dialects.Relay;

/// <summary>What a request of this API brings along.</summary>
/// <param name="Question">The last message.</param>
/// <param name="Earlier">What was said before it; null where it comes alone, so that what is stored counts.</param>
/// <param name="SystemPrompt">Null for none.</param>
internal sealed record RelayTranscript(string Question, IReadOnlyList<TranscriptMessage>? Earlier, string? SystemPrompt)
{
    /// <exception cref="RequestProblem">422: the fields do not fit. 400: the messages do, but can't be answered.</exception>
    public static RelayTranscript Read(FastApiInput input, int maxMessages)
    {
        string? prompt = input.String("system_prompt") ?? input.String("system");
        var list = input.List("messages");
        input.ThrowIfInvalid();
        if (list is not { Count: > 0 })
            throw RequestProblem.Invalid("messages", "messages is empty: send at least one message of the user");
        if (list.Count > maxMessages)
            throw RequestProblem.Invalid("messages", $"messages has {list.Count} messages; at most {maxMessages} are allowed");
        var messages = ReadMessages(list);
        var prompts = messages.Where(m => m.Role == null).Select(m => m.Content).Prepend(prompt ?? "").Where(p => !string.IsNullOrWhiteSpace(p)).ToList();
        var said = messages.Where(m => m.Role != null).Select(m => new TranscriptMessage(m.Role!.Value, m.Content)).ToList();
        if (said is not [.. var earlier, { Role: MessageRole.User } question])
            throw RequestProblem.Invalid("messages", "The last message must be the user's");
        if (string.IsNullOrWhiteSpace(question.Content))
            throw RequestProblem.Invalid("messages", "The last message is empty");
        return new RelayTranscript(question.Content, earlier.Count == 0 ? null : earlier, prompts.Count == 0 ? null : string.Join("\n\n", prompts));
    }

    /// <summary>The messages; the role of the system is null.</summary>
    private static List<(MessageRole? Role, string Content)> ReadMessages(JsonArray list)
    {
        var messages = new List<(MessageRole?, string)>(list.Count);
        var errors = new JsonArray();
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject message)
                errors.Add(Error(i, null, "dict_type", "Input should be a valid dictionary", list[i]));
            else if (Text(message["role"]) is not ("user" or "assistant" or "system"))
                errors.Add(Error(i, "role", "literal_error", "Input should be 'system', 'user' or 'assistant'", message["role"]));
            else if (Text(message["content"]) is not { } content)
                errors.Add(Error(i, "content", "string_type", "Input should be a valid string", message["content"]));
            else
                messages.Add((Text(message["role"]) switch { "user" => MessageRole.User, "assistant" => MessageRole.Assistant, _ => null }, content));
        }
        return errors.Count == 0 ? messages : throw new RequestProblem(422, "invalid_request", "The messages do not fit.", "messages") { Errors = errors };
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static JsonObject Error(int index, string? member, string type, string message, JsonNode? given)
    {
        var error = new FastApiError(type, "body", "messages", message, given).ToJson();
        var path = error["loc"]!.AsArray();
        path.Add(index);
        if (member != null)
            path.Add(member);
        return error;
    }
}
