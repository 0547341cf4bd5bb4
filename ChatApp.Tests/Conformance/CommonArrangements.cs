using ChatApp.Agents;
using ChatApp.Providers;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Conformance;

/// <summary>What any dialect's traces may arrange, in an application of their own: something that an answer needs is missing.</summary>
internal static class CommonArrangements
{
    /// <summary>False where the name is none of these.</summary>
    public static async Task<bool> TryArrangeAsync(string name, RunHarness runs)
    {
        switch (name)
        {
            case "no-agent":
                await runs.QueryAsync(db => db.Agents.ExecuteUpdateAsync(a => a.SetProperty(x => x.Enabled, false)));
                break;
            case "no-model":
                await runs.QueryAsync(db => db.Providers.ExecuteUpdateAsync(p => p.SetProperty(x => x.Enabled, false)));
                break;
            case "no-key":
                await runs.QueryAsync(db => db.Providers.Where(p => p.Slug == "p").ExecuteUpdateAsync(
                    p => p.SetProperty(x => x.ProtectedApiKey, (string?)null).SetProperty(x => x.ApiKeyVariable, "PROXIMA_API_KEY")));
                break;
            default:
                return false;
        }
        runs.App.Services.GetRequiredService<AgentCatalog>().Invalidate();
        runs.App.Services.GetRequiredService<ModelCatalog>().Invalidate();
        return true;
    }
}
