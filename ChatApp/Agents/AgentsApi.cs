using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Agents;

/// <summary>An agent as the API shows it. Its prompt is the admins' business.</summary>
internal sealed record AgentItem(string Slug, string Name, string? Description, bool IsDefault, int Revision);

/// <summary>The agents that the caller may talk to.</summary>
internal sealed record AgentList(IReadOnlyList<AgentItem> Data);

internal static class AgentsApi
{
    public static void MapAgents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/agents", ListAsync).RequireAuthorization(Scopes.Read).WithTags("Agents").WithSummary("The agents one may talk to, the default one first");

    private static async Task<Ok<AgentList>> ListAsync(HttpContext http, AgentCatalog agents)
    {
        var list = await agents.ListAsync(CurrentUser.From(http.User), http.RequestAborted);
        return TypedResults.Ok(new AgentList([.. list.Select(a => new AgentItem(a.Slug, a.Name, a.Description, a.IsDefault, a.Revision))]));
    }
}
