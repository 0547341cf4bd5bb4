using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Providers;

namespace ChatApp.Diagnostics.Checks;

internal sealed class DefaultModelCheck(ModelCatalog models) : IDiagnosticCheck
{
    public string Category => "models";
    public string Name => "default model";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        string fix = CommandText.For("models add --provider SLUG --name NAME --default");
        try
        {
            return await models.FindAsync(null, cancellationToken) is { } model
                ? CheckResult.Ok($"It is {model.Address}.")
                : CheckResult.Error("There is none, or its provider is disabled.", fix);
        }
        catch (RequestProblem problem)
        {
            return CheckResult.Error(problem.Message, fix);
        }
    }
}

internal sealed class DefaultAgentCheck(AgentCatalog agents, ModelCatalog models) : IDiagnosticCheck
{
    public string Category => "models";
    public string Name => "default agent";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        string fix = CommandText.For("agents add --slug SLUG --model PROVIDER/NAME --default");
        if (await agents.FindAsync(null, cancellationToken) is not { } agent)
            return CheckResult.Error("There is none, or it is disabled.", fix);
        try
        {
            return await models.FindAsync(agent.Model, cancellationToken) is { } model
                ? CheckResult.Ok($"It is {agent.Slug}, answered by {model.Address}.")
                : CheckResult.Error($"It is {agent.Slug}, but there is no model {agent.Model ?? "by default"}.", fix);
        }
        catch (RequestProblem problem)
        {
            return CheckResult.Error(problem.Message, fix);
        }
    }
}

internal sealed class ProviderKeysCheck(ProviderAdmin providers) : IDiagnosticCheck
{
    public string Category => "models";
    public string Name => "provider keys";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        ProviderView[] broken = [.. (await providers.ListAsync(cancellationToken)).Where(p => p is { Enabled: true, Problem: not null })];
        return broken is []
            ? CheckResult.Ok("Every provider has what it needs.")
            : CheckResult.Warning(string.Join(" ", broken.Select(p => p.Problem)), string.Join("; ", broken.Select(Fix)));
    }

    private static string Fix(ProviderView provider) => provider.ApiKeyVariable is { } variable
        ? $"export {variable}=… where the server starts, and start it again"
        : CommandText.For($"providers add --slug {provider.Slug}-2 --kind {provider.Kind.ToString().ToLowerInvariant()} --api-key …");
}
