namespace ChatApp.Agents;

/// <summary>An agent with its current revision.</summary>
/// <param name="Revision">1, 2, 3 … within the agent.</param>
/// <param name="Prompt">The system prompt; empty for none.</param>
/// <param name="Model">Model address; null for the default model.</param>
public sealed record AgentProfile(
    Guid Id, string Slug, string Name, string? Description, bool IsDefault,
    Guid RevisionId, int Revision, string Prompt, string? Model, string? FallbackModel,
    double? Temperature, double? TopP, int? MaxOutputTokens)
{
    /// <summary>Its name on the Persona API; null for none.</summary>
    public string? Handle { get; init; }
    public string? AvatarUrl { get; init; }

    /// <summary>The account that it speaks for; null where it speaks for nobody.</summary>
    public Guid? OwnerId { get; init; }

    /// <summary>Who it is when it speaks as somebody; null for none.</summary>
    public string? Persona { get; init; }

    /// <summary>Address of a larger model that a request may ask for; null for none.</summary>
    public string? LargeModel { get; init; }

    /// <summary>Slug of the agent that judges each question first; null for none.</summary>
    public string? ModerationAgent { get; init; }
}
