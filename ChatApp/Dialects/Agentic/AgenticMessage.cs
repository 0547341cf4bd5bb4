using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Dialects.FastApi;

namespace ChatApp.Dialects.Agentic;

/// <summary>The body of Agentic's two chat routes.</summary>
/// <param name="ConversationId">Null for a new conversation.</param>
/// <param name="AuthorId">Whom the client names as the author; kept with the message, it gives no rights.</param>
/// <param name="ProviderMeta">What is stored with the message: its metadata, tags and author; null for none.</param>
internal sealed record AgenticMessage(string Text, Guid? ConversationId, string? AuthorId, JsonObject? ProviderMeta)
{
    private const int MaxText = 16_000;

    /// <exception cref="RequestProblem">It does not fit.</exception>
    public static async Task<AgenticMessage> ReadAsync(HttpContext http)
    {
        var input = await FastApiInput.FromBodyAsync(http);
        string? text = input.String("text", required: true, min: 1, max: MaxText);
        string? conversation = input.String("conversation_id");
        string? author = input.String("author_id");
        var metadata = input.Object("metadata");
        var tags = input.List("tags");
        if (tags?.Any(t => t?.GetValueKind() != System.Text.Json.JsonValueKind.String) == true)
            input.Reject("tags", "string_type", "Input should be a valid list of strings");
        input.ThrowIfInvalid();
        if (string.IsNullOrWhiteSpace(text))
            throw RequestProblem.Invalid("text", "Message text cannot be empty");
        Guid? id = conversation == null ? null : Guid.TryParse(conversation, out var parsed) ? parsed : throw NoSuchConversation();
        return new AgenticMessage(text, id, author, MetaOf(metadata, tags, author));
    }

    public static RequestProblem NoSuchConversation() => RequestProblem.NotFound("conversation_id", "Conversation not found");

    private static JsonObject? MetaOf(JsonObject? metadata, JsonArray? tags, string? author)
    {
        if (metadata == null && author == null && tags is null or [])
            return null;
        var meta = new JsonObject { ["metadata"] = metadata?.DeepClone(), ["tags"] = tags?.DeepClone() ?? new JsonArray() };
        if (author != null)
            meta["author_id"] = author;
        return meta;
    }
}
