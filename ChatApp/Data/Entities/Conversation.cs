namespace ChatApp.Data.Entities;

/// <summary>A tree of messages that belongs to one person.</summary>
public sealed class Conversation
{
    public Guid Id { get; set; }
    public Guid OwnerId { get; set; }
    public required string Title { get; set; }

    /// <summary>The agent that answers next; null for the default agent.</summary>
    public Guid? AgentId { get; set; }

    /// <summary>The message at the end of the branch that is shown; null while the conversation is empty.</summary>
    public Guid? ActiveLeafId { get; set; }

    /// <summary>The API it was started over, as a name of <see cref="ConversationSources"/>; null for the browser and the native API.</summary>
    public string? Source { get; set; }

    /// <summary>What the client of <see cref="Source"/> calls it; unique per owner and source among those that were not thrown away. Null where it uses our id.</summary>
    public string? ExternalId { get; set; }

    /// <summary>Stands in the place of the agent's prompt; null for the agent's own.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>How close the person is to the persona: public, friends or intimate; null outside the Persona API.</summary>
    public string? Layer { get; set; }

    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public DateTime? ArchivedAt { get; set; }
    public DateTime? PinnedAt { get; set; }

    /// <summary>The folder it is kept in; null for none.</summary>
    public Guid? FolderId { get; set; }

    /// <summary>Who gave it its <see cref="Title"/>: a person's title is never replaced.</summary>
    public TitleOrigin TitledBy { get; set; }

    /// <summary>Kept only while somebody looks at it: in no list, search or export, and deleted afterwards.</summary>
    public bool IsTemporary { get; set; }

    /// <summary>When its owner threw it away. Until it is purged it can be brought back; no query sees it but those that say so.</summary>
    public DateTime? DeletedAt { get; set; }
}

/// <summary>Where a conversation's title comes from.</summary>
public enum TitleOrigin
{
    /// <summary>The first words of the first message.</summary>
    Message,

    /// <summary>A model was asked for it.</summary>
    Model,

    Person,
}

/// <summary>The APIs besides our own over which conversations start.</summary>
public static class ConversationSources
{
    public const string Ask = "ask";
    public const string Agentic = "agentic";
    public const string Persona = "persona";
    public const string Relay = "relay";
    public const string StudyGuru = "studyguru";
}

/// <summary>How close a person is to a persona.</summary>
public static class Layers
{
    public const string Public = "public";
    public const string Friends = "friends";
    public const string Intimate = "intimate";
}

/// <summary>Who wrote a message.</summary>
public enum MessageRole
{
    User,
    Assistant,
}

/// <summary>How far a message has come. For an assistant's message it follows its run.</summary>
public enum MessageStatus
{
    /// <summary>Whole.</summary>
    Completed,

    /// <summary>Its run is queued or running; the text is in the run's log, not yet in the row.</summary>
    Streaming,

    /// <summary>Ended by an error; the row has what arrived before it.</summary>
    Failed,

    /// <summary>Stopped by a person; the row has what arrived before it.</summary>
    Cancelled,

    /// <summary>Cut off by the end of the process; the row has what arrived before it.</summary>
    Interrupted,
}

/// <summary>One message. Editing and regenerating add siblings; a row is never overwritten once its run has ended.</summary>
public sealed class Message
{
    public Guid Id { get; set; }
    public Guid ConversationId { get; set; }
    public Conversation? Conversation { get; set; }

    /// <summary>The message it answers or follows; null for a root.</summary>
    public Guid? ParentId { get; set; }

    public MessageRole Role { get; set; }
    public MessageStatus Status { get; set; }
    public required string Content { get; set; }

    /// <summary>What the model thought aloud before the answer; null for none.</summary>
    public string? Reasoning { get; set; }

    /// <summary>The tools that the model called, JSON array of <c>{id,name,arguments,result,is_error}</c>; null for none.</summary>
    public string? ToolCalls { get; set; }

    /// <summary>The run that writes or wrote this message; null for a person's message.</summary>
    public Guid? RunId { get; set; }

    /// <summary>A JSON object that the client gave with the message; null for none.</summary>
    public string? Metadata { get; set; }

    /// <summary>The participant who wrote it, where several people talk in one conversation; null for its owner.</summary>
    public Guid? AuthorId { get; set; }

    /// <summary>The name that <see cref="AuthorId"/> had then.</summary>
    public string? AuthorName { get; set; }

    public DateTime CreatedAt { get; set; }
}
