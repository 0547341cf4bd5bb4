namespace ChatApp.Data.Entities;

/// <summary>A folder of a person's conversations.</summary>
public sealed class Folder
{
    public Guid Id { get; set; }
    public Guid OwnerId { get; set; }
    public required string Name { get; set; }
    public DateTime CreatedAt { get; set; }
}

/// <summary>A word that a person has put on a conversation.</summary>
public sealed class ConversationTag
{
    public Guid ConversationId { get; set; }

    /// <summary>Lower case, without the <c>#</c>.</summary>
    public required string Name { get; set; }
}

/// <summary>What a person thinks of an answer. At most one per message and person.</summary>
public sealed class MessageFeedback
{
    public Guid MessageId { get; set; }
    public Guid AccountId { get; set; }
    public bool IsGood { get; set; }

    /// <summary>In the person's words; null for none.</summary>
    public string? Reason { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>A link by which anybody reads one branch of a conversation. Deleting the row revokes it.</summary>
public sealed class Share
{
    public Guid Id { get; set; }

    /// <summary>128 random bits in the link. Kept readable: the owner may copy the link again.</summary>
    public required string Token { get; set; }

    public Guid OwnerId { get; set; }
    public Guid ConversationId { get; set; }

    /// <summary>The last message that is shown: what is written later stays private.</summary>
    public Guid LeafId { get; set; }

    public required string Title { get; set; }
    public DateTime CreatedAt { get; set; }
}

/// <summary>A text that is written often, called by <c>/command</c> in the composer. May hold <c>{{variables}}</c>.</summary>
public sealed class SavedPrompt
{
    public Guid Id { get; set; }

    /// <summary>Null for one that an admin has made for everybody.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>Lower case, without the <c>/</c>; unique per owner.</summary>
    public required string Command { get; set; }

    public required string Name { get; set; }
    public required string Text { get; set; }
    public DateTime UpdatedAt { get; set; }
}

/// <summary>What a person has begun to write in one place.</summary>
public sealed class Draft
{
    public Guid OwnerId { get; set; }

    /// <summary>A conversation's id, or <c>new</c>.</summary>
    public required string Place { get; set; }

    public required string Text { get; set; }

    /// <summary>Slug of the agent it is meant for; null for the conversation's.</summary>
    public string? Agent { get; set; }

    public DateTime UpdatedAt { get; set; }
}
