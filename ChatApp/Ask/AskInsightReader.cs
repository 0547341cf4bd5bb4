using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Data.Entities;

namespace ChatApp.Ask;

/// <summary>An insight as the agent words it.</summary>
/// <param name="Id">That of a kept one which it changes; null for a new one.</param>
/// <param name="Kpis">A JSON array; null for none.</param>
internal sealed record FoundInsight(
    Guid? Id, string Content, string Type, string? Summary, string? Category, string? Status, string? Priority, string? AuthorName, Guid? SourceMessageId, string? Kpis);

/// <summary>Asks for insights, and reads them from whatever a model makes of "JSON only".</summary>
internal static class AskInsightReader
{
    private const int MaxInsights = 50;
    private const int MaxText = 4000;
    private static readonly string[] Types = ["pain", "gain", "opportunity", "risk", "signal", "idea"];
    private static readonly string[] Statuses = ["new", "reviewed", "implemented", "archived"];
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>What the agent is asked; its prompt says what matters.</summary>
    public static string Question(AskDetails ask, IReadOnlyList<Message> path, IReadOnlyList<AskInsight> kept)
    {
        var known = kept.Select(i => (JsonNode)new JsonObject { ["id"] = i.Id.ToString(), ["type"] = i.Type, ["content"] = i.Content, ["status"] = i.Status });
        return new StringBuilder()
            .Append("Find what is worth keeping of this conversation. Answer with JSON alone, no other text:\n")
            .Append("""{"insights":[{"id":"that of a known insight to change it, else leave it out","type":"pain|gain|opportunity|risk|signal|idea","content":"…","summary":"…","category":"…","priority":"low|medium|high","authorName":"…"}]}""")
            .Append("\nRepeat no known insight that stays as it is. An empty list is a good answer.\n\nQuestion: ").Append(ask.Session.Question)
            .Append("\n\nKnown insights: ").Append(new JsonArray([.. known]).ToJsonString())
            .Append("\n\nConversation:\n").Append(AskPrompt.History(ask, path))
            .ToString();
    }

    /// <summary>Takes a list, or an object with one, with or without a fence or words around it. What is not an insight is left out.</summary>
    /// <exception cref="FormatException">There is no JSON in it.</exception>
    public static IReadOnlyList<FoundInsight> Read(string answer)
    {
        try
        {
            return ReadAll(answer);
        }
        // A name twice in one object, half of a surrogate pair: found only where it is looked at.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new FormatException("The answer's JSON is not sound.", e);
        }
    }

    private static IReadOnlyList<FoundInsight> ReadAll(string answer)
    {
        var items = Parse(answer) switch
        {
            JsonArray list => list,
            JsonObject o when (o["insights"] ?? o["items"] ?? o["data"]) is JsonArray list => list,
            JsonObject o when o.ContainsKey("content") => new JsonArray(o.DeepClone()),
            JsonObject => [],
            _ => throw new FormatException("The answer has no list of insights."),
        };
        return [.. items.Select(ReadOne).OfType<FoundInsight>().Take(MaxInsights)];
    }

    private static JsonNode? Parse(string answer)
    {
        // The first bracket may belong to words in front of the JSON.
        for (int start = answer.IndexOfAny(['{', '[']); start >= 0; start = answer.IndexOfAny(['{', '['], start + 1))
        {
            int end = answer.LastIndexOf(answer[start] == '{' ? '}' : ']');
            if (end < start)
                break;
            try
            {
                return JsonNode.Parse(answer[start..(end + 1)], documentOptions: Lenient);
            }
            catch (JsonException)
            {
                // Not here.
            }
        }
        return null;
    }

    private static FoundInsight? ReadOne(JsonNode? node)
    {
        if (node is JsonValue && Text(node) is { } bare)
            return new FoundInsight(null, bare, "idea", null, null, null, null, null, null, null);
        if (node is not JsonObject o || (Text(o["content"]) ?? Text(o["text"]) ?? Text(o["summary"])) is not { } content)
            return null;
        return new FoundInsight(
            Id(o["id"]), content, OneOf(Types, o["type"]) ?? "idea", Text(o["summary"]), Text(o["category"]), OneOf(Statuses, o["status"]),
            Text(o["priority"]), Text(o["authorName"]) ?? Text(o["author"]), Id(o["sourceMessageId"]), o["kpis"] is JsonArray { Count: > 0 } kpis ? kpis.ToJsonString() : null);
    }

    private static string? OneOf(string[] names, JsonNode? node) =>
        Text(node) is { } text ? names.FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) : null;

    private static Guid? Id(JsonNode? node) => Guid.TryParse(Text(node), out var id) ? id : null;

    private static string? Text(JsonNode? node)
    {
        if (node is not JsonValue value || !value.TryGetValue(out string? text) || string.IsNullOrWhiteSpace(text))
            return null;
        text = StorableText.Of(text.Trim());
        return text.Length <= MaxText ? text : text[..MaxText];
    }
}
