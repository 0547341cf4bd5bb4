namespace ChatApp.Providers;

public static class ProvidersServices
{
    public static IServiceCollection AddProviders(this IServiceCollection services) => services.AddSingleton<ModelCatalog>();
}
