using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Runs;

namespace ChatApp.Transfer;

/// <summary>
/// A conversation outside the database: what an export writes and an import takes. Other products' exports are read into it.
/// As JSON its members are snake_case and nulls are left out; docs/concepts/export-and-import.md.
/// </summary>
internal sealed record ConversationDocument
{
    public const string FormatName = "chatapp-conversation";
    public const int CurrentVersion = 1;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        MaxDepth = JsonValues.MaxDepth,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A null where there can be none is refused by the reader; one in a list, by ConversationFormats.
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        // A file that is saved, never a part of a page: quotes and letters stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string Format { get; init; } = FormatName;
    public int Version { get; init; } = CurrentVersion;

    /// <summary>What the exporting side calls it. Importing it again finds it by this.</summary>
    public string Id { get; init; } = "";

    public string Title { get; init; } = "";
    public TitleOrigin TitledBy { get; init; }

    /// <summary>Slug of the agent that answers next; null for the default agent.</summary>
    public string? Agent { get; init; }

    public string? Source { get; init; }
    public string? ExternalId { get; init; }
    public string? SystemPrompt { get; init; }
    public string? Layer { get; init; }
    public string? Folder { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime UpdatedAt { get; init; }
    public DateTime? PinnedAt { get; init; }
    public DateTime? ArchivedAt { get; init; }

    /// <summary>The message at the end of the branch that is shown.</summary>
    public string? ActiveLeaf { get; init; }

    /// <summary>What the person has begun to write in it. Only in an archive: the file of one conversation may be meant for others.</summary>
    public DraftDocument? Draft { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<MessageDocument> Messages { get; init; } = [];
}

/// <summary>A message of the tree.</summary>
internal sealed record MessageDocument
{
    public string Id { get; init; } = "";

    /// <summary>The message it answers or follows; null for a root.</summary>
    public string? Parent { get; init; }

    public MessageRole Role { get; init; }
    public MessageStatus Status { get; init; }
    public string Content { get; init; } = "";
    public string? Reasoning { get; init; }

    /// <summary>The object that the client gave with the message.</summary>
    public JsonElement? Metadata { get; init; }

    public string? AuthorName { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>How the answer came about; null for a person's message.</summary>
    public RunDocument? Run { get; init; }

    public IReadOnlyList<AttachmentDocument>? Attachments { get; init; }
    public FeedbackDocument? Feedback { get; init; }
}

/// <summary>The run that wrote an answer.</summary>
internal sealed record RunDocument
{
    public string Agent { get; init; } = "";
    public string Model { get; init; } = "";

    /// <summary>1, 2, 3 … of the agent.</summary>
    public int? AgentRevision { get; init; }

    public string? FinishReason { get; init; }
    public string? ErrorCode { get; init; }
    public string? ErrorMessage { get; init; }
    public DateTime? FirstTokenAt { get; init; }
    public DateTime? FinishedAt { get; init; }
    public RunUsage? Usage { get; init; }
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    /// <summary>What the server asked a model besides, e.g. for a title.</summary>
    public IReadOnlyList<RunCall>? Calls { get; init; }
}

/// <summary>What goes with a message: a file or an address; neither where the file was deleted.</summary>
internal sealed record AttachmentDocument
{
    public FileDocument? File { get; init; }
    public string? Url { get; init; }
}

/// <summary>A file of the exporting side.</summary>
/// <param name="Name">For people.</param>
/// <param name="Sha256">Of its bytes, in lower-case hex: its name in the archive. Null outside an archive.</param>
internal sealed record FileDocument(string Name, string? MediaType = null, long? Size = null, string? Sha256 = null)
{
    /// <summary>What the exporting product calls it, where that is not a hash.</summary>
    [JsonIgnore]
    public string? Key { get; init; }

    /// <summary>Its bytes, where the conversation itself has them.</summary>
    [JsonIgnore]
    public byte[]? Content { get; init; }
}

/// <summary>What the person thinks of an answer.</summary>
internal sealed record FeedbackDocument(bool IsGood, string? Reason, DateTime CreatedAt);
