namespace ChatApp.Transfer;

/// <summary>A conversation as one of the readers understood it.</summary>
/// <param name="Format">chatapp, chatgpt or claude.</param>
/// <param name="Notes">What was left out of it, in sentences.</param>
internal sealed record ForeignConversation(string Format, ConversationDocument Conversation, IReadOnlyList<string> Notes)
{
    public const string ChatApp = "chatapp";
    public const string ChatGpt = "chatgpt";
    public const string Claude = "claude";

    public static string Steps(int count) => count == 1
        ? "One step of a tool was left out: it is no message."
        : $"{count} steps of tools were left out: they are no messages.";

    public static string Lost(int count) => count == 1
        ? "One message was left out: it follows itself."
        : $"{count} messages were left out: they follow one another in a circle.";
}
