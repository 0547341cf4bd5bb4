using System.Globalization;
using System.Text;
using ChatApp.Data.Entities;

namespace ChatApp.Transfer;

/// <summary>A conversation for people to read and keep: what was said by whom, as Markdown.</summary>
internal static class MarkdownExport
{
    public static string Write(ConversationDocument conversation)
    {
        var text = new StringBuilder();
        text.Append("# ").AppendLine(OneLine(conversation.Title)).AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"_{conversation.CreatedAt:yyyy-MM-dd HH:mm} UTC – {conversation.UpdatedAt:yyyy-MM-dd HH:mm} UTC_");
        var known = conversation.Messages.Select(m => m.Id).ToHashSet();
        // The first of a lookup's null key is what has no parent here.
        var children = conversation.Messages.ToLookup(m => m.Parent is { } parent && known.Contains(parent) ? parent : "");
        var waiting = new Stack<(MessageDocument Message, MessageDocument? Parent, int Version, int Of)>();
        Push(null);
        MessageDocument? previous = null;
        while (waiting.TryPop(out var next))
        {
            Write(text, next.Message, next.Version, next.Of);
            // A branch that goes on elsewhere says from where.
            if (next.Parent is { } parent && parent != previous)
                text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"_Follows: “{Beginning(parent.Content)}”_");
            WriteBody(text, next.Message);
            previous = next.Message;
            Push(next.Message);
        }
        return text.ToString();

        void Push(MessageDocument? parent)
        {
            MessageDocument[] versions = [.. children[parent?.Id ?? ""]];
            for (int i = versions.Length - 1; i >= 0; i--)
                waiting.Push((versions[i], parent, i + 1, versions.Length));
        }
    }

    private static void Write(StringBuilder text, MessageDocument message, int version, int of)
    {
        string author = message.AuthorName ?? (message.Role == MessageRole.User ? "You" : message.Run?.Agent ?? "Assistant");
        text.AppendLine().Append("## ").Append(OneLine(author));
        if (of > 1)
            text.Append(CultureInfo.InvariantCulture, $" (version {version} of {of})");
        text.AppendLine();
    }

    private static void WriteBody(StringBuilder text, MessageDocument message)
    {
        if (!string.IsNullOrWhiteSpace(message.Reasoning))
        {
            text.AppendLine().AppendLine("> _Reasoning_").AppendLine(">");
            foreach (var line in message.Reasoning.AsSpan().Trim().EnumerateLines())
                text.Append("> ").Append(line).AppendLine();
        }
        if (!string.IsNullOrWhiteSpace(message.Content))
            text.AppendLine().AppendLine(message.Content.Trim());
        foreach (var attachment in message.Attachments ?? [])
            text.AppendLine().Append("- Attachment: ").AppendLine(OneLine(attachment.File?.Name ?? attachment.Url ?? "a deleted file"));
        if (message.Status != MessageStatus.Completed)
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"_({message.Status switch
            {
                MessageStatus.Streaming => "Still being written",
                MessageStatus.Cancelled => "Stopped",
                MessageStatus.Interrupted => "Broke off",
                _ => "Failed",
            }})_");
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private static string Beginning(string text)
    {
        string line = OneLine(text);
        return line.Length <= 60 ? line : line[..(char.IsHighSurrogate(line[58]) ? 58 : 59)] + "…";
    }
}
