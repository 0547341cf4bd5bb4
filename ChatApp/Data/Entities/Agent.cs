namespace ChatApp.Data.Entities;

/// <summary>What people talk to. Its behaviour is in its newest <see cref="AgentRevision"/>.</summary>
public sealed class Agent
{
    public Guid Id { get; set; }

    /// <summary>Unique, lower case; names the agent in the API.</summary>
    public required string Slug { get; set; }

    public required string Name { get; set; }
    public string? Description { get; set; }

    /// <summary>Unique, lower case; the name under which people find it on the Persona API. Null where it has none.</summary>
    public string? Handle { get; set; }

    /// <summary>Address of its picture; null for none.</summary>
    public string? AvatarUrl { get; set; }

    /// <summary>The account that it speaks for; null where it speaks for nobody.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>Answers where a request names no agent. At most one row has it.</summary>
    public bool IsDefault { get; set; }

    public bool Enabled { get; set; } = true;
    public DateTime CreatedAt { get; set; }
    public List<AgentRevision> Revisions { get; } = [];
}

/// <summary>One immutable version of an agent. A run records the revision that produced it.</summary>
public sealed class AgentRevision
{
    public Guid Id { get; set; }
    public Guid AgentId { get; set; }
    public Agent? Agent { get; set; }

    /// <summary>1, 2, 3 … within the agent; the highest is current.</summary>
    public int Number { get; set; }

    /// <summary>The system prompt; empty for none.</summary>
    public required string Prompt { get; set; }

    /// <summary>Address <c>provider/model</c>; null for the default model.</summary>
    public string? Model { get; set; }

    /// <summary>Address of the model to try when <see cref="Model"/> fails before its first token; null for none.</summary>
    public string? FallbackModel { get; set; }

    /// <summary>Address of a larger model that a request may ask for; null for none.</summary>
    public string? LargeModel { get; set; }

    /// <summary>Who it is when it speaks as somebody: a part of the system prompt of its own. Null for none.</summary>
    public string? Persona { get; set; }

    /// <summary>Slug of the agent that judges each question before this one answers; null for none.</summary>
    public string? ModerationAgent { get; set; }

    public double? Temperature { get; set; }
    public double? TopP { get; set; }

    /// <summary>Upper limit of an answer in tokens; null for the provider's own.</summary>
    public int? MaxOutputTokens { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>The admin who made it; null for one that was seeded or made on the command line.</summary>
    public Guid? CreatedById { get; set; }
}
