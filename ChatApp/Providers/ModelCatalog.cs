using System.Collections.Concurrent;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Providers;

/// <summary>The callable models, from memory; picks up changes made by another process within two seconds, or on a miss.</summary>
public sealed class ModelCatalog : IDisposable
{
    // Names that are not in the database are remembered only so far: they come from requests.
    private const int MaxUnlisted = 1000;

    private readonly IDbContextFactory<ChatDbContext> _database;
    private readonly ChatClients _clients;
    private readonly SnapshotCache<Snapshot> _cache;

    public ModelCatalog(IDbContextFactory<ChatDbContext> database, ChatClients clients, TimeProvider time)
    {
        (_database, _clients) = (database, clients);
        _cache = new SnapshotCache<Snapshot>(time, LoadAsync);
    }

    /// <summary>
    /// The model at <paramref name="address"/> (<c>provider-slug/name</c>; the name may contain slashes), or the default model
    /// where it is null. Null when there is none, or its provider is disabled.
    /// </summary>
    /// <exception cref="RequestProblem">The provider is there but can't be called: 503 with code missing_api_key.</exception>
    public ValueTask<ModelTarget?> FindAsync(string? address, CancellationToken cancellationToken) =>
        _cache.Fresh?.Find(address) is { } entry
            ? new ValueTask<ModelTarget?>(entry.Callable)
            : new ValueTask<ModelTarget?>(FindAnewAsync(address, cancellationToken));

    /// <summary>Shows a change made in this process at once.</summary>
    public void Invalidate() => _cache.Invalidate();

    public void Dispose() => _cache.Dispose();

    private async Task<ModelTarget?> FindAnewAsync(string? address, CancellationToken cancellationToken)
    {
        var entry = (await _cache.GetAsync(cancellationToken)).Find(address)
            ?? (await _cache.GetNewerAsync(cancellationToken)).Find(address);
        return entry?.Callable;
    }

    private async Task<Snapshot> LoadAsync(CancellationToken cancellationToken)
    {
        await using var db = await _database.CreateDbContextAsync(cancellationToken);
        var providers = await db.Providers.AsNoTracking().Include(p => p.Models).Where(p => p.Enabled).ToListAsync(cancellationToken);
        var addresses = (from provider in providers
                         from model in provider.Models
                         select (model.Id, Address: Address(provider, model.Name))).ToDictionary(m => m.Id, m => m.Address);
        var snapshot = new Snapshot();
        foreach (var provider in providers)
        {
            var client = _clients.For(provider);
            foreach (var model in provider.Models)
            {
                string? fallback = model.FallbackModelId is { } id ? addresses.GetValueOrDefault(id) : null;
                var entry = NewEntry(provider, client, model.Name, model, fallback);
                snapshot.Listed[addresses[model.Id]] = entry;
                if (model.IsDefault)
                    snapshot.Default = entry;
            }
            if (provider.AnyModel)
                snapshot.Open[provider.Slug] = name => NewEntry(provider, client, name, null, null);
        }
        return snapshot;
    }

    private static string Address(Provider provider, string name) => $"{provider.Slug}/{name}";

    private static Entry NewEntry(Provider provider, ProviderClient client, string name, Model? model, string? fallback) => new(
        new ModelTarget(Address(provider, name), provider.Name, name, client.Client, model?.InputPrice, model?.OutputPrice, fallback)
        {
            Vision = model?.Vision, ContextWindow = model?.ContextWindow, IsDemo = provider.Kind == ProviderKind.Demo,
        },
        client.Problem);

    private sealed record Entry(ModelTarget Target, string? Problem)
    {
        public ModelTarget Callable => Problem is null ? Target : throw new RequestProblem(
            503, "missing_api_key", $"The provider {Target.ProviderName} can't be called: it has no usable API key. An administrator learns what to do from the command doctor.");
    }

    private sealed class Snapshot
    {
        private readonly ConcurrentDictionary<string, Entry> _unlisted = new();

        public Dictionary<string, Entry> Listed { get; } = [];
        public Dictionary<string, Func<string, Entry>> Open { get; } = [];
        public Entry? Default { get; set; }

        public Entry? Find(string? address)
        {
            if (address is null)
                return Default;
            if (Listed.TryGetValue(address, out var entry) || _unlisted.TryGetValue(address, out entry))
                return entry;
            int slash = address.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || !Open.TryGetValue(address[..slash], out var open) || !ModelNames.IsValid(address[(slash + 1)..]))
                return null;
            entry = open(address[(slash + 1)..]);
            if (_unlisted.Count < MaxUnlisted)
                _unlisted.TryAdd(address, entry);
            return entry;
        }
    }
}
