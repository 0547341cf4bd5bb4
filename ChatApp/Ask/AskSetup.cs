using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;

namespace ChatApp.Ask;

/// <summary>Who answers in a session.</summary>
/// <param name="Model">Address, where the agent's own is not there; null for the agent's own.</param>
public sealed record AskAnswerer(AgentProfile Agent, string? Model);

/// <summary>Finds who answers, or says what is missing in the words that the clients of the Ask API know.</summary>
public sealed class AskSetup(AgentCatalog agents, ModelCatalog models, ProviderAdmin providers)
{
    /// <summary>Slug of the agent that answers in sessions which name none.</summary>
    public const string ConversationAgent = "ask-conversation-response";

    /// <summary>Slug of the agent that finds insights. Without it none are looked for.</summary>
    public const string InsightAgent = "ask-insight-detection";

    /// <summary>Code of the problem that there is no agent or no model.</summary>
    public const string NotConfigured = "no_ai_configuration";

    /// <summary>Code of the problem that the model's provider has no key.</summary>
    public const string MissingKey = "missing_api_key";

    /// <summary>
    /// The session's own agent, else <see cref="ConversationAgent"/>, else the default one. Its model, else its fallback; where the
    /// server has neither, the default model. One without a key is not replaced by the default model, but told of.
    /// </summary>
    /// <param name="session">Null for one that names no agent.</param>
    /// <exception cref="RequestProblem"><see cref="NotConfigured"/> or <see cref="MissingKey"/>.</exception>
    public async Task<AskAnswerer> FindAsync(AskSession? session, CancellationToken cancellationToken)
    {
        var agent = (session?.Agent is { } own ? await agents.FindAsync(own, cancellationToken) : null)
            ?? await agents.FindAsync(ConversationAgent, cancellationToken)
            ?? await agents.FindAsync(null, cancellationToken)
            ?? throw Unconfigured();
        var (primary, isKeyless) = await TryAsync(agent.Model, cancellationToken);
        if (primary != null)
            return new AskAnswerer(agent, null);
        if (agent.FallbackModel != null && await TryAsync(agent.FallbackModel, cancellationToken) is { Model: { } fallback })
            return new AskAnswerer(agent, fallback.Address);
        if (isKeyless)
            throw await KeylessAsync(agent.Model, cancellationToken);
        var (any, isAnyKeyless) = await TryAsync(null, cancellationToken);
        if (any != null)
            return new AskAnswerer(agent, any.Address);
        throw isAnyKeyless ? await KeylessAsync(null, cancellationToken) : Unconfigured();
    }

    /// <summary>The model, where it can be called; else whether it is its provider's key that is missing.</summary>
    private async Task<(ModelTarget? Model, bool IsKeyless)> TryAsync(string? address, CancellationToken cancellationToken)
    {
        try
        {
            return (await models.FindAsync(address, cancellationToken), false);
        }
        catch (RequestProblem problem) when (problem.Code == MissingKey)
        {
            return (null, true);
        }
    }

    private async Task<RequestProblem> KeylessAsync(string? address, CancellationToken cancellationToken)
    {
        var list = await providers.ListAsync(cancellationToken);
        address ??= list.SelectMany(p => p.Models).FirstOrDefault(m => m.IsDefault)?.Address ?? "";
        var provider = list.FirstOrDefault(p => address.StartsWith(p.Slug + "/", StringComparison.Ordinal));
        string variable = provider?.ApiKeyVariable ?? (provider?.Kind == ProviderKind.Anthropic ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY");
        return new RequestProblem(503, MissingKey, $"Missing API key for model {address}. Define environment variable {variable}.", "model");
    }

    private static RequestProblem Unconfigured() =>
        new(500, NotConfigured, "AI configuration not found. Please ensure AI model configurations are set up in the database.", "model");
}
