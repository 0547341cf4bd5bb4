using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Providers;

namespace ChatApp.Runs;

/// <summary>Knows which agents' models can't look at images, so that a person is told before the images are sent.</summary>
internal sealed class AgentVision(ModelCatalog models)
{
    /// <summary>Whether the agent's model is known not to see. One that can't be called now, or of which nothing is known, counts as seeing.</summary>
    public async ValueTask<bool> IsBlindAsync(AgentProfile agent, CancellationToken cancellationToken)
    {
        try
        {
            return await models.FindAsync(agent.Model, cancellationToken) is { Vision: false };
        }
        catch (RequestProblem)
        {
            return false;
        }
    }
}
