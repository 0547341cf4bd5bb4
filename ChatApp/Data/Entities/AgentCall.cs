namespace ChatApp.Data.Entities;

/// <summary>
/// A question that the server itself asked an agent, besides the answers that people see: is this allowed, what is worth
/// keeping. Shown with the answer it belongs to, so that no call is hidden.
/// </summary>
public sealed class AgentCall
{
    public Guid Id { get; set; }

    /// <summary>Slug of the agent.</summary>
    public required string Agent { get; set; }

    /// <summary>Address of the model; null while it has not been found.</summary>
    public string? Model { get; set; }

    /// <summary>What for, e.g. <c>moderation</c>.</summary>
    public required string Purpose { get; set; }

    /// <summary>Whose conversation it is about: to whom it is charged; null for none.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>The conversation it is about; null for none, and once that was deleted.</summary>
    public Guid? ConversationId { get; set; }

    /// <summary>The run it belongs to; null for none.</summary>
    public Guid? RunId { get; set; }

    public AgentCallStatus Status { get; set; }
    public string? Error { get; set; }
    public long InputTokens { get; set; }
    public long OutputTokens { get; set; }

    /// <summary>Whether the tokens are ours, because the provider reported none.</summary>
    public bool Estimated { get; set; }

    /// <summary>US dollars; null where the model has no price.</summary>
    public decimal? Cost { get; set; }

    public DateTime CreatedAt { get; set; }
    public DateTime? FinishedAt { get; set; }
}

/// <summary>How far an <see cref="AgentCall"/> has come.</summary>
public enum AgentCallStatus
{
    Pending,
    Processing,
    Completed,
    Failed,
}
