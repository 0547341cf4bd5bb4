using ChatApp.Identity;

namespace ChatApp.Agents;

/// <summary>The enabled agents, from memory; picks up changes made by another process within two seconds, or on a miss.</summary>
public sealed class AgentCatalog
{
    /// <summary>The agent with this slug, or the default agent where <paramref name="slug"/> is null; null when there is none.</summary>
    public ValueTask<AgentProfile?> FindAsync(string? slug, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The agents the caller may talk to, the default one first, then by name.</summary>
    public ValueTask<IReadOnlyList<AgentProfile>> ListAsync(CurrentUser caller, CancellationToken cancellationToken) => throw new NotImplementedException();
}
