using System.Text;
using System.Text.Json;
using ChatApp.Data.Entities;

namespace ChatApp.Transfer;

/// <summary>
/// Claude's data export: conversations with a flat list of messages. Newer exports name each message's parent, where an edit or a
/// retry makes a branch; in older ones each follows the one before.
/// </summary>
internal static class ClaudeFormat
{
    /// <summary>Null where it is no conversation of this format.</summary>
    public static ForeignConversation? Read(JsonElement value)
    {
        if (value.Member("chat_messages") is not { ValueKind: JsonValueKind.Array } list)
            return null;
        JsonElement[] messages = [.. list.EnumerateArray().Where(m => m.Text("sender") is "human" or "assistant")];
        var known = messages.Select((m, i) => IdOf(m, i)).ToHashSet();
        bool hasParents = messages.Any(m => m.Text("parent_message_uuid") is { } parent && known.Contains(parent));
        var created = value.Time("created_at") ?? default;
        string model = value.Text("model") ?? ForeignConversation.Claude;
        var documents = new List<MessageDocument>();
        // By the id of a message that says nothing, such as one that is steps of tools only, what stands above it: what follows it follows that.
        var silent = new Dictionary<string, string?>();
        int steps = 0;
        for (int i = 0; i < messages.Length; i++)
        {
            var message = messages[i];
            var body = new Body(message);
            steps += body.Steps;
            // The first messages name a parent that is none.
            string? parent = hasParents ? message.Text("parent_message_uuid") is { } named && known.Contains(named) ? named : null
                : i == 0 ? null : IdOf(messages[i - 1], i - 1);
            if (body.IsEmpty)
            {
                silent[IdOf(message, i)] = parent;
                continue;
            }
            bool isAnswer = message.Text("sender") == "assistant";
            documents.Add(new MessageDocument
            {
                Id = IdOf(message, i), Parent = parent, Role = isAnswer ? MessageRole.Assistant : MessageRole.User, Content = body.Text,
                Reasoning = body.Reasoning, CreatedAt = message.Time("created_at") ?? created, Attachments = body.Attachments,
                Run = isAnswer ? new RunDocument { Agent = ForeignConversation.Claude, Model = model, FinishReason = "stop" } : null,
            });
        }
        return new ForeignConversation(ForeignConversation.Claude, new ConversationDocument
        {
            Id = value.Text("uuid") ?? "", Title = value.Text("name") ?? "", TitledBy = TitleOrigin.Person,
            CreatedAt = created, UpdatedAt = value.Time("updated_at") ?? created,
            PinnedAt = value.IsTrue("is_starred") ? value.Time("updated_at") ?? created : null,
            ActiveLeaf = Above(silent, value.Text("current_leaf_message_uuid")),
            Messages = silent.Count == 0 ? documents : documents.ConvertAll(d => d with { Parent = Above(silent, d.Parent) }),
        }, steps > 0 ? [ForeignConversation.Steps(steps)] : []);
    }

    /// <summary>The message itself, or the next one above it that says something; null for none.</summary>
    private static string? Above(Dictionary<string, string?> silent, string? id)
    {
        string? found = id;
        // No longer than there are such messages: they may name each other in a circle.
        for (int i = 0; found is not null && silent.TryGetValue(found, out string? parent); i++)
            found = i < silent.Count ? parent : null;
        // Remembered: a file may have thousands of them above thousands of messages.
        if (id is not null && silent.ContainsKey(id))
            silent[id] = found;
        return found;
    }

    private static string IdOf(JsonElement message, int index) => message.Text("uuid") ?? $"#{index}";

    /// <summary>What a message says, in blocks or, in older exports, as one text.</summary>
    private sealed class Body
    {
        public Body(JsonElement message)
        {
            var (text, reasoning) = (new StringBuilder(), new StringBuilder());
            foreach (var block in message.Items("content"))
            {
                switch (block.Text("type"))
                {
                    case "text":
                        Append(text, block.Text("text"));
                        break;
                    case "thinking":
                        Append(reasoning, block.Text("thinking"));
                        break;
                    default:
                        Steps++;
                        break;
                }
            }
            Text = text.Length > 0 ? text.ToString() : message.Text("text") ?? "";
            Reasoning = reasoning.Length > 0 ? reasoning.ToString() : null;
            AttachmentDocument[] attachments =
            [
                // A text that was pasted or uploaded is in the export; other files are there by name only.
                .. message.Items("attachments").Select(a => Attach(a, a.Text("extracted_content"))),
                .. message.Items("files").Select(f => Attach(f, null)),
            ];
            Attachments = attachments.Length > 0 ? attachments : null;
        }

        public string Text { get; }
        public string? Reasoning { get; }
        public IReadOnlyList<AttachmentDocument>? Attachments { get; }
        public int Steps { get; }
        public bool IsEmpty => Text.Length == 0 && Reasoning is null && Attachments is null;

        private static AttachmentDocument Attach(JsonElement file, string? content) => new()
        {
            File = new FileDocument(file.Text("file_name") is { Length: > 0 } name ? name : "pasted.txt")
            {
                Content = string.IsNullOrEmpty(content) ? null : Encoding.UTF8.GetBytes(content),
            },
        };

        private static void Append(StringBuilder to, string? text)
        {
            if (string.IsNullOrEmpty(text))
                return;
            if (to.Length > 0)
                to.Append("\n\n");
            to.Append(text);
        }
    }
}
