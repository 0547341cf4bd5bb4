using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Diagnostics;

/// <summary>Somebody can administer the server.</summary>
internal sealed class AdminCheck(IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    public string Category => "accounts";

    public string Name => "Administrator";

    public async Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        int admins = await (
            from user in db.Users
            join membership in db.UserRoles on user.Id equals membership.UserId
            join role in db.Roles on membership.RoleId equals role.Id
            where role.Name == Roles.Admin && user.DisabledAt == null
            select user.Id).CountAsync(cancellationToken);
        return admins > 0
            ? (DiagnosticStatus.Ok, admins == 1 ? "there is one." : $"there are {admins}.", null)
            : (DiagnosticStatus.Warning, "there is none yet.", "Open /setup in the browser, or: users create --email YOU@EXAMPLE.COM --password … --admin");
    }
}

/// <summary>Every enabled provider has the API key it needs.</summary>
internal sealed class ProviderKeysCheck(ProviderAdmin providers) : IDiagnosticCheck
{
    public string Category => "models";

    public string Name => "Provider API keys";

    public async Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        var problems = (await providers.ListAsync(cancellationToken)).Where(p => p.Enabled && p.Problem != null).ToList();
        return problems.Count == 0
            ? (DiagnosticStatus.Ok, "none is missing.", null)
            : (DiagnosticStatus.Error, string.Join(" ", problems.Select(p => p.Problem)), "Set the environment variable of the server, or add the provider with --api-key.");
    }
}

/// <summary>A request that names no model gets one.</summary>
internal sealed class DefaultModelCheck(ModelCatalog models) : IDiagnosticCheck
{
    public string Category => "models";

    public string Name => "Default model";

    public async Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken) =>
        await models.FindAsync(null, cancellationToken) is { } model
            ? (DiagnosticStatus.Ok, $"{model.Address}.", null)
            : (DiagnosticStatus.Error, "there is none.", "models add --provider SLUG --name NAME --default");
}

/// <summary>A request that names no agent gets one, and its model can be called.</summary>
internal sealed class DefaultAgentCheck(AgentCatalog agents, ModelCatalog models) : IDiagnosticCheck
{
    public string Category => "models";

    public string Name => "Default agent";

    public async Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        if (await agents.FindAsync(null, cancellationToken) is not { } agent)
            return (DiagnosticStatus.Error, "there is none.", "agents add --slug NAME --model PROVIDER/MODEL --default");
        return agent.Model == null || await models.FindAsync(agent.Model, cancellationToken) != null
            ? (DiagnosticStatus.Ok, $"{agent.Slug}, with {agent.Model ?? "the default model"}.", null)
            : (DiagnosticStatus.Error, $"{agent.Slug} asks for the model {agent.Model}, which is not there.", $"models add --provider {agent.Model.Split('/')[0]} --name …");
    }
}
