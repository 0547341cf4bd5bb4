using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Providers;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Diagnostics.Checks;

/// <summary>Whether the agents besides the default one have the models that they name, and the agent that judges for them.</summary>
internal sealed class AgentsCheck(IDbContextFactory<ChatDbContext> databases, AgentCatalog agents, ModelCatalog models) : IDiagnosticCheck
{
    public string Category => "models";
    public string Name => "agents";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var slugs = await db.Agents.Where(a => a.Enabled).OrderBy(a => a.Slug).Select(a => a.Slug).ToListAsync(cancellationToken);
        var (missing, fixes) = (new List<string>(), new List<string>());
        foreach (string slug in slugs)
        {
            if (await agents.FindAsync(slug, cancellationToken) is not { } agent)
                continue;
            // The check of the default agent tells of its own.
            if (!agent.IsDefault && agent.Model is { } model && !await IsThereAsync(model, cancellationToken))
            {
                missing.Add($"The agent {slug} can't answer: there is no model {model}, or its provider is disabled.");
                fixes.Add(CommandText.For($"agents set --slug {slug} --model PROVIDER/NAME"));
            }
            if (agent.ModerationAgent is { } judge && await agents.FindAsync(judge, cancellationToken) == null)
            {
                missing.Add($"Nobody judges the questions to the agent {slug}: there is no agent {judge}, or it is disabled.");
                fixes.Add(CommandText.For($"agents add --slug {judge}") + ", or for one that is there: " + CommandText.For($"agents enable --slug {judge}"));
            }
        }
        return missing is []
            ? CheckResult.Ok(slugs.Count == 1 ? "There is one." : $"There are {slugs.Count}.")
            : CheckResult.Warning(string.Join(' ', missing), string.Join("; ", fixes));
    }

    private async Task<bool> IsThereAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return await models.FindAsync(model, cancellationToken) != null;
        }
        catch (RequestProblem)
        {
            // It lacks a key: the check of the providers' keys tells of that.
            return true;
        }
    }
}
