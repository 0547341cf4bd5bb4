using System.Text.Json;
using ChatApp.Data.Entities;

namespace ChatApp.Transfer;

/// <summary>
/// ChatGPT's data export: conversations whose <c>mapping</c> is a tree of nodes. Nodes without a message, hidden ones, those of the
/// system and the steps of tools are no messages here: what follows them follows what they followed.
/// </summary>
internal static class ChatGptFormat
{
    /// <summary>Null where it is no conversation of this format.</summary>
    public static ForeignConversation? Read(JsonElement value)
    {
        if (value.Member("mapping") is not { ValueKind: JsonValueKind.Object } mapping)
            return null;
        var created = value.Time("create_time") ?? default;
        var tree = new Tree(mapping, created, value.Text("default_model_slug"));
        string? leaf = value.Text("current_node") is { } current ? tree.KeptAt.GetValueOrDefault(current) : null;
        var updated = value.Time("update_time") ?? created;
        return new ForeignConversation(ForeignConversation.ChatGpt, new ConversationDocument
        {
            Id = value.Text("conversation_id") ?? value.Text("id") ?? "", Title = value.Text("title") ?? "", TitledBy = TitleOrigin.Person,
            CreatedAt = created, UpdatedAt = updated,
            PinnedAt = value.IsTrue("is_starred") ? updated : null, ArchivedAt = value.IsTrue("is_archived") ? updated : null,
            ActiveLeaf = leaf, Messages = tree.Messages,
        }, [.. tree.Steps > 0 ? [ForeignConversation.Steps(tree.Steps)] : Array.Empty<string>(), .. tree.Lost > 0 ? [ForeignConversation.Lost(tree.Lost)] : Array.Empty<string>()]);
    }

    /// <summary>Walks the nodes from the roots down, with a stack of its own: they may be many, and deep.</summary>
    private sealed class Tree
    {
        private readonly List<MessageDocument> _messages = [];

        public Tree(JsonElement mapping, DateTime created, string? model)
        {
            var nodes = new Dictionary<string, JsonElement>();
            foreach (var node in mapping.EnumerateObject())
                nodes[node.Name] = node.Value;
            var children = new Dictionary<string, List<string>>();
            var hasParent = new HashSet<string>();
            // In the order of the lists of children; a parent's word that no list repeats counts, too.
            foreach (var (id, node) in nodes)
            {
                foreach (var child in node.Items("children"))
                {
                    if (child is { ValueKind: JsonValueKind.String } && child.GetString() is { } name && nodes.ContainsKey(name) && hasParent.Add(name))
                        Add(children, id, name);
                }
            }
            foreach (var (id, node) in nodes)
            {
                if (node.Text("parent") is { } parent && nodes.ContainsKey(parent) && hasParent.Add(id))
                    Add(children, parent, id);
            }

            var waiting = new Stack<Step>(nodes.Keys.Where(id => !hasParent.Contains(id)).Reverse().Select(id => new Step(id, null, created, null)));
            while (waiting.TryPop(out var step))
            {
                var next = Visit(step, nodes[step.Id], model);
                foreach (string child in Enumerable.Reverse(children.GetValueOrDefault(step.Id, [])))
                    waiting.Push(next with { Id = child });
            }
            Lost = nodes.Where(n => !KeptAt.ContainsKey(n.Key)).Count(n => n.Value.Member("message") is { ValueKind: JsonValueKind.Object });
        }

        public IReadOnlyList<MessageDocument> Messages => _messages;

        /// <summary>By the id of a node, the message that a new one below it would follow; null at the top.</summary>
        public Dictionary<string, string?> KeptAt { get; } = [];

        public int Steps { get; private set; }

        /// <summary>Messages that stand in a circle, below no beginning.</summary>
        public int Lost { get; }

        /// <returns>What its children go on from.</returns>
        private Step Visit(Step step, JsonElement node, string? model)
        {
            KeptAt[step.Id] = step.Parent;
            if (node.Member("message") is not { } message)
                return step;
            var time = message.Time("create_time") ?? step.Time;
            var content = message.Member("content") ?? default;
            string? role = message.Member("author")?.Text("role");
            if (content.Text("content_type") == "thoughts")
                return step with { Time = time, Thoughts = Thoughts.Of(content, step.Thoughts) };
            if (role is not ("user" or "assistant" or "tool") || IsHidden(message, content))
                return step with { Time = time };
            var body = ChatGptContent.Read(message, content);
            // What a tool drew is shown as a part of the answer; what it was told and what it reported is not.
            bool isStep = role == "tool" ? body.Attachments.Count == 0 : message.Text("recipient") is not (null or "all");
            if (isStep || (body.Text.Length == 0 && body.Attachments.Count == 0))
            {
                Steps += isStep ? 1 : 0;
                return step with { Time = time };
            }
            bool isAnswer = role != "user";
            _messages.Add(new MessageDocument
            {
                Id = step.Id, Parent = step.Parent, Role = isAnswer ? MessageRole.Assistant : MessageRole.User,
                Status = message.Text("status") is "finished_partial_completion" or "in_progress" ? MessageStatus.Interrupted : MessageStatus.Completed,
                Content = role == "tool" ? "" : body.Text, CreatedAt = time, Reasoning = isAnswer ? step.Thoughts?.Give() : null,
                Attachments = body.Attachments.Count > 0 ? body.Attachments : null,
                Run = isAnswer ? new RunDocument
                {
                    Agent = ForeignConversation.ChatGpt, Model = message.Member("metadata")?.Text("model_slug") ?? model ?? ForeignConversation.ChatGpt,
                    FinishReason = message.Member("metadata")?.Member("finish_details")?.Text("type") == "max_tokens" ? "length" : "stop",
                } : null,
            });
            KeptAt[step.Id] = step.Id;
            return new Step(step.Id, step.Id, time, null);
        }

        private static bool IsHidden(JsonElement message, JsonElement content) =>
            message.Member("metadata")?.IsTrue("is_visually_hidden_from_conversation") is true
            || (message.Member("weight") is { ValueKind: JsonValueKind.Number } weight && weight.TryGetDouble(out double value) && value == 0)
            || content.Text("content_type") is "user_editable_context" or "model_editable_context" or "reasoning_recap" or "system_error";

        private static void Add(Dictionary<string, List<string>> children, string parent, string child)
        {
            if (!children.TryGetValue(parent, out var list))
                children[parent] = list = [];
            list.Add(child);
        }

        /// <param name="Time">Of the message above: some have none of their own.</param>
        private sealed record Step(string Id, string? Parent, DateTime Time, Thoughts? Thoughts);
    }

    /// <summary>What was thought before an answer, the last thought first. It belongs to the answer that comes first: a file may have thousands below it.</summary>
    private sealed class Thoughts(string text, Thoughts? before)
    {
        private bool _isGiven;

        public static Thoughts? Of(JsonElement content, Thoughts? before)
        {
            foreach (var thought in content.Items("thoughts"))
            {
                string text = thought.Text("content") is { Length: > 0 } said ? said : thought.Text("summary") ?? "";
                if (text.Length > 0)
                    before = new Thoughts(text, before);
            }
            return before;
        }

        /// <summary>The text of those that no answer has yet; null where there are none.</summary>
        public string? Give()
        {
            var all = new List<string>();
            for (var thought = this; thought is { _isGiven: false }; thought = thought.Before)
            {
                all.Add(thought.Text);
                thought._isGiven = true;
            }
            all.Reverse();
            return all.Count == 0 ? null : string.Join("\n\n", all);
        }

        private string Text => text;

        private Thoughts? Before => before;
    }
}
