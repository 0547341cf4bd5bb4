using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Agents;

/// <summary>The enabled agents, from memory; picks up changes made by another process within two seconds, or on a miss.</summary>
public sealed class AgentCatalog : IDisposable
{
    private readonly IDbContextFactory<ChatDbContext> _database;
    private readonly SnapshotCache<Snapshot> _cache;

    public AgentCatalog(IDbContextFactory<ChatDbContext> database, TimeProvider time)
    {
        _database = database;
        _cache = new SnapshotCache<Snapshot>(time, LoadAsync);
    }

    /// <summary>The agent with this slug, or the default agent where <paramref name="slug"/> is null; null when there is none.</summary>
    public ValueTask<AgentProfile?> FindAsync(string? slug, CancellationToken cancellationToken) =>
        _cache.Fresh?.Find(slug) is { } agent
            ? new ValueTask<AgentProfile?>(agent)
            : new ValueTask<AgentProfile?>(FindAnewAsync(slug, cancellationToken));

    /// <summary>The agent with this handle, whatever its case; null when there is none.</summary>
    public async ValueTask<AgentProfile?> FindByHandleAsync(string handle, CancellationToken cancellationToken) =>
        (await _cache.GetAsync(cancellationToken)).FindByHandle(handle) ?? (await _cache.GetNewerAsync(cancellationToken)).FindByHandle(handle);

    /// <summary>The agent with this id; null when there is none.</summary>
    public async ValueTask<AgentProfile?> FindByIdAsync(Guid id, CancellationToken cancellationToken) =>
        (await _cache.GetAsync(cancellationToken)).Find(id) ?? (await _cache.GetNewerAsync(cancellationToken)).Find(id);

    /// <summary>The agents the caller may talk to, the default one first, then by name.</summary>
    public async ValueTask<IReadOnlyList<AgentProfile>> ListAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        // Every enabled agent is there for everyone; who may see which one comes with visibility.
        ArgumentNullException.ThrowIfNull(caller);
        return (await _cache.GetAsync(cancellationToken)).Sorted;
    }

    /// <summary>Shows a change made in this process at once.</summary>
    public void Invalidate() => _cache.Invalidate();

    public void Dispose() => _cache.Dispose();

    private async Task<AgentProfile?> FindAnewAsync(string? slug, CancellationToken cancellationToken) =>
        (await _cache.GetAsync(cancellationToken)).Find(slug) ?? (await _cache.GetNewerAsync(cancellationToken)).Find(slug);

    private async Task<Snapshot> LoadAsync(CancellationToken cancellationToken)
    {
        await using var db = await _database.CreateDbContextAsync(cancellationToken);
        var current = await db.AgentRevisions.AsNoTracking().Include(r => r.Agent)
            .Where(r => r.Agent!.Enabled && r.Number == r.Agent.Revisions.Max(x => x.Number))
            .ToListAsync(cancellationToken);
        return new Snapshot([.. current.Select(r => Profile(r.Agent!, r))]);
    }

    private static AgentProfile Profile(Agent agent, AgentRevision revision) => new(
        agent.Id, agent.Slug, agent.Name, agent.Description, agent.IsDefault, revision.Id, revision.Number, revision.Prompt,
        revision.Model, revision.FallbackModel, revision.Temperature, revision.TopP, revision.MaxOutputTokens)
    {
        Handle = agent.Handle, AvatarUrl = agent.AvatarUrl, OwnerId = agent.OwnerId,
        Persona = revision.Persona, LargeModel = revision.LargeModel, ModerationAgent = revision.ModerationAgent,
    };

    private sealed class Snapshot(IReadOnlyList<AgentProfile> agents)
    {
        private readonly Dictionary<string, AgentProfile> _bySlug = agents.ToDictionary(a => a.Slug);
        private readonly AgentProfile? _default = agents.FirstOrDefault(a => a.IsDefault);

        public IReadOnlyList<AgentProfile> Sorted { get; } =
            [.. agents.OrderByDescending(a => a.IsDefault).ThenBy(a => a.Name, StringComparer.OrdinalIgnoreCase).ThenBy(a => a.Slug, StringComparer.Ordinal)];

        public AgentProfile? Find(Guid id) => Sorted.FirstOrDefault(a => a.Id == id);

        public AgentProfile? FindByHandle(string handle) =>
            Sorted.FirstOrDefault(a => string.Equals(a.Handle, handle, StringComparison.OrdinalIgnoreCase));

        public AgentProfile? Find(string? slug) => slug is null ? _default : _bySlug.GetValueOrDefault(slug);
    }
}
