using System.Globalization;
using System.Text;
using ChatApp.Data.Entities;

namespace ChatApp.Ask;

/// <summary>The values for the <c>{{name}}</c> of prompts in sessions.</summary>
internal static class AskPrompt
{
    /// <param name="messages">What was said, root first.</param>
    public static IReadOnlyDictionary<string, string> Variables(AskDetails ask, IReadOnlyList<Message> messages, IReadOnlyList<AskInsight> insights)
    {
        var asked = messages.LastOrDefault(m => m.Role == MessageRole.User);
        return new Dictionary<string, string>
        {
            ["ask_key"] = ask.Session.Key,
            ["ask_question"] = ask.Session.Question,
            ["ask_description"] = ask.Session.Description ?? "",
            ["message_history"] = History(ask, messages),
            ["latest_user_message"] = asked?.Content ?? "",
            ["latest_ai_response"] = messages.LastOrDefault(m => m is { Role: MessageRole.Assistant, Content.Length: > 0 })?.Content ?? "",
            ["participant_name"] = asked == null ? "" : NameOf(ask, asked),
            ["participants"] = string.Join(", ", ask.People.Where(p => p.IsActive).Select(p => p.Name)),
            ["insights_context"] = string.Join('\n', insights.Select(i => $"- [{i.Type}] {i.Content}{(i.Summary == null ? "" : $" ({i.Summary})")}")),
        };
    }

    /// <summary>One line a message: <c>[ISO time] Name: text</c>.</summary>
    public static string History(AskDetails ask, IReadOnlyList<Message> messages)
    {
        var history = new StringBuilder();
        foreach (var message in messages.Where(m => m.Content.Length > 0))
        {
            if (history.Length > 0)
                history.Append('\n');
            history.Append(CultureInfo.InvariantCulture, $"[{AskTime.Of(message.CreatedAt)}] {NameOf(ask, message)}: {message.Content}");
        }
        return history.ToString();
    }

    /// <summary>Who said it, as the others know them: by their name now, or by the one they had then.</summary>
    public static string NameOf(AskDetails ask, Message message) => message.Role == MessageRole.Assistant
        ? AskConversation.AgentName
        : ask.People.FirstOrDefault(p => p.Id == message.AuthorId)?.Name ?? message.AuthorName
            ?? ask.People.FirstOrDefault(p => p.AccountId == ask.Session.OwnerId)?.Name ?? "Participant";
}

/// <summary>Times as JavaScript's <c>toISOString</c> writes them.</summary>
public static class AskTime
{
    public static string Of(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
