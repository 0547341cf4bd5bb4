using ChatApp.Providers.Demo;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ChatApp.Providers;

public static class ProvidersServices
{
    public static IServiceCollection AddProviders(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<ProviderHttp>()
            .AddSingleton(_ => DocsIndex.FromResources())
            .AddSingleton<ChatClients>()
            .AddSingleton<ModelCatalog>()
            .AddSingleton<ProviderAdmin>()
            .AddSingleton<DemoSeed>();
    }

    /// <summary>Gives a database without any provider the demo, so that a fresh installation can be talked to at once.</summary>
    public static Task SeedDemoAsync(this IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<DemoSeed>().SeedAsync(cancellationToken);
}
