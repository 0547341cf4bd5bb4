using System.Text.Json.Nodes;
using ChatApp.Conversations;
using ChatApp.Dialects.FastApi;
using ChatApp.Identity;
using ChatApp.Runs;

namespace ChatApp.Dialects.Agentic;

/// <summary>Conversations and messages as Agentic spells them, nulls included.</summary>
internal static class AgenticJson
{
    /// <summary>What a stream begins with: the question, and the answer that is still empty.</summary>
    public static JsonObject Snapshot(CurrentUser caller, ConversationSummary conversation, RunView run, string text) => new()
    {
        ["conversation"] = new JsonObject
        {
            ["id"] = conversation.Id.ToString(), ["title"] = conversation.Title, ["model"] = run.Model,
            ["user_id"] = caller.Id.ToString(), ["created_at"] = IsoTime.Of(conversation.CreatedAt),
        },
        ["request_message"] = Message(run, run.UserMessageId, "user", text, "completed"),
        ["response_message"] = Message(run, run.MessageId, "assistant", "", "streaming"),
    };

    /// <summary>A whole answer with its question.</summary>
    /// <param name="systemPrompt">The conversation's own; null for its agent's, which is not shown.</param>
    public static JsonObject Exchange(CurrentUser caller, ConversationSummary conversation, RunView run, AgenticMessage message)
    {
        var request = Message(run, run.UserMessageId, "user", message.Text, "completed");
        var response = Message(run, run.MessageId, "assistant", run.Output, run.Status == "completed" ? run.Status : "failed");
        Complete(request, message.AuthorId ?? caller.Id.ToString(), null, message.ProviderMeta);
        Complete(response, null, run.Usage?.OutputTokens, null);
        return new JsonObject
        {
            ["conversation"] = new JsonObject
            {
                ["title"] = conversation.Title, ["model"] = run.Model, ["system_prompt"] = null, ["visibility"] = "private",
                ["id"] = conversation.Id.ToString(), ["user_id"] = caller.Id.ToString(), ["created_at"] = IsoTime.Of(conversation.CreatedAt),
            },
            ["request_message"] = request,
            ["response_message"] = response,
        };
    }

    private static JsonObject Message(RunView run, Guid id, string role, string content, string status) => new()
    {
        // A run, its question and its answer begin at the same moment.
        ["id"] = id.ToString(), ["conversation_id"] = run.ConversationId.ToString(), ["role"] = role, ["content"] = content,
        ["status"] = status, ["created_at"] = IsoTime.Of(run.CreatedAt),
    };

    private static void Complete(JsonObject message, string? authorId, long? tokens, JsonObject? providerMeta)
    {
        message.Insert(4, "author_id", authorId);
        message.Insert(5, "tokens", tokens);
        message.Insert(7, "provider_meta", providerMeta?.DeepClone());
    }
}
