namespace ChatApp.Agents;

/// <summary>An agent with its current revision.</summary>
/// <param name="Revision">1, 2, 3 … within the agent.</param>
/// <param name="Prompt">The system prompt; empty for none.</param>
/// <param name="Model">Model address; null for the default model.</param>
public sealed record AgentProfile(
    Guid Id, string Slug, string Name, string? Description, bool IsDefault,
    Guid RevisionId, int Revision, string Prompt, string? Model, string? FallbackModel,
    double? Temperature, double? TopP, int? MaxOutputTokens);
