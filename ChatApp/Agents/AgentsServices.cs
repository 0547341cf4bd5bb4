namespace ChatApp.Agents;

public static class AgentsServices
{
    public static IServiceCollection AddAgents(this IServiceCollection services) =>
        services.AddSingleton<AgentCatalog>().AddSingleton<AgentAdmin>().AddSingleton<Prompts>();
}
