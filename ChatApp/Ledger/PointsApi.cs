using System.Globalization;
using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Ledger;

/// <summary>The caller's points.</summary>
/// <param name="Balance">What is left; below 0 where more was used than received.</param>
/// <param name="Data">The ledger, newest first.</param>
/// <param name="NextBefore">Give it as <c>before</c> to get the next page; missing on the last one.</param>
internal sealed record PointsPage(long Balance, IReadOnlyList<LedgerLine> Data, DateTime? NextBefore = null);

internal static class PointsApi
{
    public static void MapPoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/points", ListAsync).RequireAuthorization(Scopes.Read).WithTags("Points").WithSummary("Own points and their ledger, newest first");

    private static async Task<Ok<PointsPage>> ListAsync(HttpContext http, PointsLedger ledger, int limit = 50, string? before = null)
    {
        if (limit is < 1 or > 200)
            throw RequestProblem.Invalid("limit", "The limit is a number from 1 to 200.");
        DateTime? cursor = null;
        if (before != null)
        {
            cursor = DateTime.TryParse(before, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var parsed)
                ? parsed
                : throw RequestProblem.Invalid("before", "It must be the next_before of an earlier page.");
        }
        var caller = CurrentUser.From(http.User);
        var page = await ledger.ListAsync(caller.Id, limit, cursor, http.RequestAborted);
        return TypedResults.Ok(new PointsPage(
            await ledger.BalanceAsync(caller.Id, http.RequestAborted), page, page.Count == limit ? page[^1].CreatedAt : null));
    }
}
