using System.Text.Json;

namespace ChatApp.Transfer;

/// <summary>The formats of conversations that are understood, told by what is in them.</summary>
internal static class ConversationFormats
{
    /// <summary>Whether it looks like a conversation of one of them.</summary>
    public static bool Claims(JsonElement value) =>
        value.Member("mapping") is not null || value.Member("chat_messages") is not null || value.Text("format") == ConversationDocument.FormatName;

    /// <summary>The conversation; null where it is none.</summary>
    /// <exception cref="JsonException">It is not as its format wants it.</exception>
    public static ForeignConversation? Read(JsonElement value)
    {
        var read = ReadOwn(value) ?? ChatGptFormat.Read(value) ?? ClaudeFormat.Read(value);
        // Without an id it is known again by what is in it.
        return read is { Conversation.Id: "" }
            ? read with { Conversation = read.Conversation with { Id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value))) } }
            : read;
    }

    private static ForeignConversation? ReadOwn(JsonElement value) =>
        value.Text("format") == ConversationDocument.FormatName && value.Deserialize<ConversationDocument>(ConversationDocument.Json) is { } document
            ? new ForeignConversation(ForeignConversation.ChatApp, Whole(document), [])
            : null;

    private static ConversationDocument Whole(ConversationDocument document)
    {
        static bool HasNull<T>(IEnumerable<T?>? list) where T : class => list?.Any(item => item is null) is true;
        return HasNull(document.Tags) || HasNull(document.Messages)
            || document.Messages.Any(m => HasNull(m.Attachments) || m.Attachments?.Any(a => a.File is { Name: null }) is true || HasNull(m.Run?.ToolCalls) || HasNull(m.Run?.Calls))
            ? throw new JsonException("A part of it is null.")
            : document;
    }
}
