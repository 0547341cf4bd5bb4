using System.Text.Json.Serialization;
using ChatApp.Data.Entities;

namespace ChatApp.Conversations;

/// <summary>A conversation in a list.</summary>
/// <param name="IsStreaming">Whether a run of it is queued or running.</param>
public sealed record ConversationSummary(
    Guid Id, string Title, string? Agent, Guid? ActiveLeafId, bool IsStreaming, DateTime CreatedAt, DateTime UpdatedAt, DateTime? PinnedAt, DateTime? ArchivedAt)
{
    /// <summary>The folder it is in; null for none.</summary>
    public Guid? FolderId { get; init; }

    /// <summary>In alphabetical order; null for none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Whether it is in no list and deleted once nobody looks at it.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>The API over which it was started; null for the browser and the native API.</summary>
    public string? Source { get; init; }

    /// <summary>What the clients of <see cref="Source"/> call it; null where they use our id.</summary>
    public string? ExternalId { get; init; }
}

/// <summary>A message as its owner sees it.</summary>
/// <param name="Content">Empty while <paramref name="Status"/> is Streaming: then read the run.</param>
/// <param name="FinishReason">stop, length, …; null for a person's message and while streaming.</param>
/// <param name="ErrorMessage">A sentence for a person; null unless the run failed or was interrupted.</param>
public sealed record MessageView(
    Guid Id, Guid ConversationId, Guid? ParentId, MessageRole Role, MessageStatus Status, string Content, string? Reasoning,
    Guid? RunId, string? Agent, string? Model, string? FinishReason, string? ErrorCode, string? ErrorMessage, DateTime CreatedAt)
{
    /// <summary>The participant who wrote it, where several people talk in one conversation; null for its owner.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>The name that the author had then.</summary>
    public string? AuthorName { get; init; }

    /// <summary>What goes with it; null for nothing.</summary>
    public IReadOnlyList<AttachmentView>? Attachments { get; init; }

    /// <summary>Where it stands among those that follow the same message; null where nobody asked.</summary>
    [JsonIgnore]
    public SiblingPlace? Place { get; init; }

    /// <summary>What the reader thinks of it; null for nothing, or where nobody asked.</summary>
    [JsonIgnore]
    public bool? IsGood { get; init; }

    /// <summary>From the question to the answer's first word; null where it has none, or nobody asked.</summary>
    [JsonIgnore]
    public TimeSpan? UntilText { get; init; }

    /// <summary>Whether the model called tools; false while it is being written.</summary>
    [JsonIgnore]
    public bool HasToolCalls { get; init; }

    /// <summary>Whether both look the same. Unlike equality this compares attachments by what they are.</summary>
    internal bool LooksLike(MessageView other) =>
        this == other || (Attachments != null && other.Attachments != null && Attachments.SequenceEqual(other.Attachments) && this with { Attachments = other.Attachments } == other);
}

/// <summary>A message's place among those that follow the same message: the <c>2/3</c> of a branch switcher.</summary>
/// <param name="Number">From 1, oldest first.</param>
public sealed record SiblingPlace(int Number, int Count);

/// <summary>A file or an address that goes with a message. All are null where the file was deleted.</summary>
/// <param name="FileId">The owner gets it at <c>/api/files/{id}</c>.</param>
/// <param name="Name">Of the file.</param>
/// <param name="MediaType">Of the file, by its content.</param>
/// <param name="Url">https; never to be loaded without a click.</param>
public sealed record AttachmentView(Guid? FileId, string? Name, string? MediaType, string? Url)
{
    /// <summary>Of the file, in bytes; null where there is none.</summary>
    public long? Size { get; init; }
}
