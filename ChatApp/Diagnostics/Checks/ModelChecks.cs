using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Providers;

namespace ChatApp.Diagnostics.Checks;

internal sealed class DefaultModelCheck(ModelCatalog models, ProviderAdmin providers) : IDiagnosticCheck
{
    public string Category => "models";
    public string Name => "default model";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await models.FindAsync(null, cancellationToken) is { } model
                ? CheckResult.Ok($"It is {model.Address}.")
                : CheckResult.Error("There is none, or its provider is disabled.", CommandText.For("models add --provider SLUG --name NAME --default"));
        }
        catch (RequestProblem problem)
        {
            var list = await providers.ListAsync(cancellationToken);
            return ProviderKeys.Explain(problem, list.FirstOrDefault(p => p.Models.Any(m => m.IsDefault)));
        }
    }
}

internal sealed class DefaultAgentCheck(AgentCatalog agents, ModelCatalog models, ProviderAdmin providers) : IDiagnosticCheck
{
    public string Category => "models";
    public string Name => "default agent";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (await agents.FindAsync(null, cancellationToken) is not { } agent)
        {
            return CheckResult.Error(
                "There is none, or it is disabled.",
                CommandText.For("agents add --slug SLUG --model PROVIDER/NAME --default") + ", or for one that is there: " + CommandText.For("agents set --slug SLUG --default"));
        }
        try
        {
            return await models.FindAsync(agent.Model, cancellationToken) is { } model
                ? CheckResult.Ok($"It is {agent.Slug}, answered by {model.Address}.")
                : CheckResult.Error(
                    $"It is {agent.Slug}, but there is no model {agent.Model ?? "by default"}.", CommandText.For($"agents set --slug {agent.Slug} --model PROVIDER/NAME"));
        }
        catch (RequestProblem problem)
        {
            var list = await providers.ListAsync(cancellationToken);
            return ProviderKeys.Explain(problem, list.FirstOrDefault(
                p => agent.Model is { } address ? address.StartsWith(p.Slug + "/", StringComparison.Ordinal) : p.Models.Any(m => m.IsDefault)));
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
            : CheckResult.Warning(string.Join(" ", broken.Select(ProviderKeys.MessageOf)), string.Join("; ", broken.Select(ProviderKeys.FixOf)));
    }
}

/// <summary>What is wrong with a provider's API key, and the command that repairs that very provider.</summary>
internal static class ProviderKeys
{
    public static CheckResult Explain(RequestProblem problem, ProviderView? provider) => provider is { Problem: not null }
        ? CheckResult.Error(MessageOf(provider), FixOf(provider))
        : CheckResult.Error(problem.Message, CommandText.For("providers list"));

    // The server may have been started with other variables than this shell has.
    public static string MessageOf(ProviderView provider) =>
        provider.ApiKeyVariable == null ? provider.Problem! : $"{provider.Problem} (Seen from here: the doctor knows the environment of its own shell, not the server's.)";

    public static string FixOf(ProviderView provider) => provider.ApiKeyVariable is { } variable
        ? $"export {variable}=… where the server starts, and start it again; or {CommandText.For($"providers set-key --slug {provider.Slug} --api-key …")}"
        : CommandText.For($"providers set-key --slug {provider.Slug} --api-key …") + " (or --api-key-env NAME)";
}
