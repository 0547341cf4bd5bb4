using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Ledger;

/// <summary>The caller's points.</summary>
/// <param name="Balance">What is left; below 0 where more was used than received.</param>
/// <param name="Data">The ledger, newest first.</param>
/// <param name="NextBefore">Give it as <c>before</c> to get the next page; missing on the last one.</param>
internal sealed record PointsPage(long Balance, IReadOnlyList<LedgerLine> Data, string? NextBefore = null);

internal static class PointsApi
{
    public static void MapPoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/points", ListAsync).RequireAuthorization(Scopes.Read).WithTags("Points").WithSummary("Own points and their ledger, newest first");

    private static async Task<Ok<PointsPage>> ListAsync(HttpContext http, PointsLedger ledger, int limit = 50, string? before = null)
    {
        if (limit is < 1 or > 200)
            throw RequestProblem.Invalid("limit", "The limit is a number from 1 to 200.");
        var caller = CurrentUser.From(http.User);
        var page = await ledger.ListAsync(caller.Id, limit, PageCursor.Parse(before), http.RequestAborted);
        return TypedResults.Ok(new PointsPage(
            await ledger.BalanceAsync(caller.Id, http.RequestAborted), page, PageCursor.After(page, limit, l => new(l.CreatedAt, l.Id))));
    }
}
