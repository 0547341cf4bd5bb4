using Microsoft.Extensions.AI;

namespace ChatApp.Providers;

/// <summary>A model that can be called now.</summary>
/// <param name="Address"><c>provider-slug/name</c>.</param>
/// <param name="ProviderName">For messages to people.</param>
/// <param name="ModelName">The name the provider knows it by; goes into <see cref="ChatOptions.ModelId"/> of each call.</param>
/// <param name="Client">
/// Streams its answers; shared between runs and between the models of a provider, never disposed by them. What it streams is
/// text, reasoning, <see cref="ToolCallDelta"/>, whole function calls, usage and a finish reason; what goes wrong is a
/// <see cref="ProviderException"/>. A stream that ends without one has given a finish reason.
/// </param>
/// <param name="InputPrice">US dollars per million tokens; null when unknown.</param>
/// <param name="OutputPrice">US dollars per million tokens; null when unknown.</param>
/// <param name="Fallback">Address of the model to try when this one fails before its first token; null for none.</param>
public sealed record ModelTarget(
    string Address, string ProviderName, string ModelName, IChatClient Client, decimal? InputPrice, decimal? OutputPrice, string? Fallback)
{
    /// <summary>Whether it can look at images; null when unknown, which counts as yes.</summary>
    public bool? Vision { get; init; }

    /// <summary>Tokens; null when unknown.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Whether it only plays a model: it answers offline and knows nothing.</summary>
    public bool IsDemo { get; init; }

    /// <summary>US dollars that so many tokens cost; null without prices.</summary>
    public decimal? CostOf(long inputTokens, long outputTokens) => InputPrice == null && OutputPrice == null
        ? null
        : ((inputTokens * (InputPrice ?? 0)) + (outputTokens * (OutputPrice ?? 0))) / 1_000_000;
}
