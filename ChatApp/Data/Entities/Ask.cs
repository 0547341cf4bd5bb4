namespace ChatApp.Data.Entities;

/// <summary>A question that several people talk about with one agent, found by its key. Its messages are those of one conversation.</summary>
public sealed class AskSession
{
    public Guid Id { get; set; }

    /// <summary>3 to 100 characters of <c>a-zA-Z0-9._-</c>; unique whatever its case.</summary>
    public required string Key { get; set; }

    public required string Name { get; set; }
    public required string Question { get; set; }
    public string? Description { get; set; }

    /// <summary>Template of the system prompt; null for the agent's own.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>Slug of the agent that answers; null for <c>ask-conversation-response</c>, else the default one.</summary>
    public string? Agent { get; set; }

    public AskStatus Status { get; set; }
    public DateTime? StartsAt { get; set; }
    public DateTime? EndsAt { get; set; }

    /// <summary>Whether people without an account or an invitation may take part.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>The original's own words for how it is held; kept and given back as they are.</summary>
    public string DeliveryMode { get; set; } = "digital";

    /// <inheritdoc cref="DeliveryMode"/>
    public string AudienceScope { get; set; } = "individual";

    /// <inheritdoc cref="DeliveryMode"/>
    public string ResponseMode { get; set; } = "collective";

    /// <summary>Owns the conversation and its runs.</summary>
    public Guid OwnerId { get; set; }

    public Guid ConversationId { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public List<AskParticipant> Participants { get; } = [];
}

/// <summary>Whether an <see cref="AskSession"/> takes messages.</summary>
public enum AskStatus
{
    Active,
    Paused,
    Closed,
}

/// <summary>Somebody who takes part in an <see cref="AskSession"/>: with an account, with an invitation, or anonymously.</summary>
public sealed class AskParticipant
{
    public Guid Id { get; set; }
    public Guid SessionId { get; set; }
    public AskSession? Session { get; set; }
    public Guid? AccountId { get; set; }
    public string? Name { get; set; }
    public string? Email { get; set; }
    public string Role { get; set; } = "participant";
    public bool IsSpokesperson { get; set; }
    public bool IsActive { get; set; } = true;

    /// <summary>Whether they let themselves in, without account or invitation.</summary>
    public bool IsGuest { get; set; }

    /// <summary>SHA-256 of the invitation's token; null where there is none.</summary>
    public byte[]? InviteHash { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>Something worth keeping that was said in an <see cref="AskSession"/>.</summary>
public sealed class AskInsight
{
    public Guid Id { get; set; }
    public Guid SessionId { get; set; }

    /// <summary>The message it was found in; null when that is not known.</summary>
    public Guid? SourceMessageId { get; set; }

    public Guid? AuthorId { get; set; }
    public string? AuthorName { get; set; }
    public required string Content { get; set; }
    public string? Summary { get; set; }

    /// <summary>pain, gain, opportunity, risk, signal or idea.</summary>
    public required string Type { get; set; }

    public string? Category { get; set; }

    /// <summary>new, reviewed, implemented or archived.</summary>
    public string Status { get; set; } = "new";

    public string? Priority { get; set; }

    /// <summary>JSON array of <c>{id,label,value,description}</c>; null for none.</summary>
    public string? Kpis { get; set; }

    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
}
