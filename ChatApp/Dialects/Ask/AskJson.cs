using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ChatApp.Ask;
using ChatApp.Data.Entities;

namespace ChatApp.Dialects.Ask;

/// <summary>A message as its clients know it; its nulls are written.</summary>
internal sealed record AskMessageJson(
    string Id, string AskKey, string AskSessionId, string Content, string Type, string SenderType, string? SenderId, string SenderName, string Timestamp,
    JsonObject Metadata)
{
    /// <summary>What was said and stored.</summary>
    public static AskMessageJson Of(AskSession session, AskMessage said)
    {
        var message = said.Message;
        if (message.Role == MessageRole.Assistant)
            return Answer(session, message.Id, message.Content, message.CreatedAt);
        var metadata = AskJson.ReadStored(message.Metadata) as JsonObject ?? [];
        // Never what the client says: it would let anybody speak as anybody.
        metadata["senderName"] = said.AuthorName;
        string type = metadata["type"] is JsonValue value && value.TryGetValue(out string? given) ? given : Text;
        return new AskMessageJson(
            message.Id.ToString(), session.Key, session.Id.ToString(), message.Content, type, "user", message.AuthorId?.ToString(), said.AuthorName,
            AskTime.Of(message.CreatedAt), metadata);
    }

    public static AskMessageJson Answer(AskSession session, Guid id, string content, DateTime at) => new(
        id.ToString(), session.Key, session.Id.ToString(), content.Trim(), Text, "ai", null, AskConversation.AgentName, AskTime.Of(at),
        new JsonObject { ["senderName"] = AskConversation.AgentName });

    public const string Text = "text";
}

/// <summary>An insight as its clients know it.</summary>
internal sealed record AskInsightJson(
    string Id, string AskId, string AskSessionId, string? ChallengeId, string? AuthorId, string? AuthorName, IReadOnlyList<AskAuthorJson> Authors,
    string Content, string? Summary, string Type, string? Category, string Status, string? Priority, string CreatedAt, string UpdatedAt,
    IReadOnlyList<string> RelatedChallengeIds, JsonArray Kpis, string? SourceMessageId)
{
    public static IReadOnlyList<AskInsightJson> Of(AskDetails ask, IReadOnlyList<AskInsight> insights) => [.. insights.Select(i => Of(ask, i))];

    private static AskInsightJson Of(AskDetails ask, AskInsight i)
    {
        string session = i.SessionId.ToString();
        var person = ask.People.FirstOrDefault(p => p.Id == i.AuthorId);
        string? name = person?.Name ?? i.AuthorName;
        return new AskInsightJson(
            i.Id.ToString(), session, session, null, i.AuthorId?.ToString(), name,
            name == null ? [] : [new AskAuthorJson((i.AuthorId ?? i.Id).ToString(), person?.AccountId?.ToString(), name)],
            i.Content, i.Summary, i.Type, i.Category, i.Status, i.Priority, AskTime.Of(i.CreatedAt), AskTime.Of(i.UpdatedAt), [],
            AskJson.ReadStored(i.Kpis) as JsonArray ?? [], i.SourceMessageId?.ToString());
    }
}

internal sealed record AskAuthorJson(string Id, string? UserId, string Name);

/// <summary>A session as its clients know it.</summary>
internal sealed record AskSessionJson(
    string Id, string Key, string Name, string Question, string? Description, string Status, bool IsActive, string? StartDate, string? EndDate,
    string CreatedAt, string UpdatedAt, string DeliveryMode, string AudienceScope, string ResponseMode, IReadOnlyList<AskParticipantJson> Participants,
    string AskSessionId)
{
    /// <param name="showsEmails">Addresses are not for everybody who has a link.</param>
    public static AskSessionJson Of(AskDetails ask, bool showsEmails)
    {
        var s = ask.Session;
        return new AskSessionJson(
            s.Id.ToString(), s.Key, s.Name, s.Question, s.Description, s.Status.ToString().ToLowerInvariant(), ask.IsOpen,
            s.StartsAt is { } start ? AskTime.Of(start) : null, s.EndsAt is { } end ? AskTime.Of(end) : null, AskTime.Of(s.CreatedAt), AskTime.Of(s.UpdatedAt),
            s.DeliveryMode, s.AudienceScope, s.ResponseMode,
            [.. ask.People.Select(p => new AskParticipantJson(p.Id.ToString(), p.Name, showsEmails ? p.Email : null, p.Role, p.IsSpokesperson, p.IsActive))],
            s.Id.ToString());
    }
}

internal sealed record AskParticipantJson(string Id, string Name, string? Email, string Role, bool IsSpokesperson, bool IsActive);

/// <summary><c>data</c> of <c>GET /api/ask/{key}</c>.</summary>
internal sealed record AskContentJson(
    AskSessionJson Ask, IReadOnlyList<AskMessageJson> Messages, IReadOnlyList<AskInsightJson> Insights, IReadOnlyList<string> Challenges);

/// <summary><c>data</c> of the others; what is missing was not asked for or is not there.</summary>
internal sealed record AskResultJson(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AskMessageJson? Message = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AskInsightJson>? Insights = null);

/// <summary>The envelope around every answer but the streams.</summary>
internal sealed record AskEnvelope<T>(bool Success, T Data);

/// <summary>The envelope around what went wrong.</summary>
internal sealed record AskFailure(bool Success, string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AskEnvelope<AskContentJson>))]
[JsonSerializable(typeof(AskEnvelope<AskResultJson>))]
[JsonSerializable(typeof(AskFailure))]
internal sealed partial class AskJson : JsonSerializerContext
{
    // What an older version or another program has stored may be nested more deeply than what is taken now.
    private const int MaxDepth = 256;

    /// <summary>ASCII only: clients decode each chunk of the network on its own.</summary>
    public static readonly AskJson Ascii = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.Default, MaxDepth = MaxDepth + 16,
    });

    /// <summary>JSON out of the database; null for none, and for what can't be read: it must not hide what stands around it.</summary>
    internal static JsonNode? ReadStored(string? json)
    {
        try
        {
            return json == null ? null : JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
