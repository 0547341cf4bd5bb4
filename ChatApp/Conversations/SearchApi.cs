using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Conversations;

/// <summary>REST over the search in a person's conversations.</summary>
internal static class SearchApi
{
    public static void MapSearch(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/search", FindAsync).RequireAuthorization(Scopes.Read).WithTags("Conversations")
            .WithSummary("Look for words in the titles and all messages of own conversations; the last word may be a beginning");

    private static async Task<Ok<Page<SearchHit>>> FindAsync(HttpContext http, ConversationSearch search, string q = "", int limit = 20)
    {
        if (limit is < 1 or > 100)
            throw RequestProblem.Invalid("limit", "The limit is a number from 1 to 100.");
        return TypedResults.Ok(new Page<SearchHit>(await search.FindAsync(CurrentUser.From(http.User), q, limit, http.RequestAborted)));
    }
}
