using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Settings;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Providers;

/// <summary>Catalogs and admin services over a database of their own, with a clock that stands still and queries counted.</summary>
internal sealed class CatalogHost : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly ServiceProvider _services;

    private CatalogHost()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Directory", _directory.Path)]).Build();
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<TimeProvider>(Time)
            .AddData(configuration)
            .AddSettings()
            .AddProviders()
            .AddAgents();
        _services = services.BuildServiceProvider();
        Database = new CountingFactory(_services.GetRequiredService<IDbContextFactory<ChatDbContext>>());
        Models = new ModelCatalog(Database, _services.GetRequiredService<ChatClients>(), Time);
        Agents = new AgentCatalog(Database, Time);
        Providers = new ProviderAdmin(Database, Models, _services.GetRequiredService<ChatClients>(), _services.GetRequiredService<SecretProtector>(), Time);
        AgentAdmin = new AgentAdmin(Database, Agents, Time);
    }

    /// <summary>The same database, with services of their own.</summary>
    public IServiceProvider Services => _services;

    public ManualTime Time { get; } = new();
    public CountingFactory Database { get; }
    public ModelCatalog Models { get; }
    public AgentCatalog Agents { get; }
    public ProviderAdmin Providers { get; }
    public AgentAdmin AgentAdmin { get; }

    public static async Task<CatalogHost> StartAsync()
    {
        var host = new CatalogHost();
        await host._services.MigrateAsync(default);
        return host;
    }

    public Task SeedAsync() => _services.SeedDemoAsync(default);

    public Task AddProviderAsync(string slug, bool anyModel = false, string? variable = null, string? key = null, string? url = "http://127.0.0.1:9/v1") =>
        Providers.AddAsync(
            new NewProvider(slug, ProviderKind.OpenAI) { BaseUrl = url, AnyModel = anyModel, ApiKeyVariable = variable, ApiKey = key }, default);

    /// <summary>Writes as another process would: past the services.</summary>
    public async Task ElsewhereAsync(Func<ChatDbContext, Task> write)
    {
        await using var db = Database.Inner.CreateDbContext();
        await write(db);
    }

    public async ValueTask DisposeAsync()
    {
        Models.Dispose();
        Agents.Dispose();
        await _services.DisposeAsync();
        _directory.Dispose();
    }

    internal sealed class CountingFactory(IDbContextFactory<ChatDbContext> inner) : IDbContextFactory<ChatDbContext>
    {
        private int _created;

        public IDbContextFactory<ChatDbContext> Inner => inner;
        public int Created => _created;

        public ChatDbContext CreateDbContext()
        {
            Interlocked.Increment(ref _created);
            return inner.CreateDbContext();
        }
    }
}
