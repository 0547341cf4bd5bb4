using System.Globalization;
using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Conversations;

/// <summary>A page of a list.</summary>
/// <param name="NextBefore">Give it as <c>before</c> to get the next page; missing on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Data, DateTime? NextBefore = null);

/// <summary>Body of <c>POST /api/conversations</c>.</summary>
internal sealed record CreateConversationBody(string? Title, string? Agent);

/// <summary>Body of <c>PATCH /api/conversations/{id}</c>; what is missing stays as it is.</summary>
internal sealed record ChangeConversationBody(string? Title);

/// <summary>REST over a person's conversations.</summary>
internal static class ConversationsApi
{
    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        var conversations = routes.MapGroup("/api/conversations").WithTags("Conversations");
        conversations.MapGet("/", ListAsync).RequireAuthorization(Scopes.Read).WithSummary("Own conversations, newest first");
        conversations.MapPost("/", CreateAsync).RequireAuthorization(Scopes.Chat).WithSummary("Create an empty conversation");
        conversations.MapGet("/{id:guid}", FindAsync).RequireAuthorization(Scopes.Read).WithSummary("A conversation");
        conversations.MapPatch("/{id:guid}", ChangeAsync).RequireAuthorization(Scopes.Chat).WithSummary("Rename a conversation");
        conversations.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Scopes.Chat).WithSummary("Delete a conversation with its messages and runs");
        conversations.MapGet("/{id:guid}/messages", MessagesAsync).RequireAuthorization(Scopes.Read).WithSummary("The shown branch, root first");
    }

    private static async Task<Ok<Page<ConversationSummary>>> ListAsync(
        HttpContext http, ConversationService conversations, int limit = 50, string? before = null)
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
        var page = await conversations.ListAsync(CurrentUser.From(http.User), limit, cursor, http.RequestAborted);
        return TypedResults.Ok(new Page<ConversationSummary>(page, page.Count == limit ? page[^1].UpdatedAt : null));
    }

    private static async Task<Created<ConversationSummary>> CreateAsync(CreateConversationBody body, HttpContext http, ConversationService conversations)
    {
        var created = await conversations.CreateAsync(CurrentUser.From(http.User), body.Title, body.Agent, http.RequestAborted);
        return TypedResults.Created($"/api/conversations/{created.Id}", created);
    }

    private static async Task<Ok<ConversationSummary>> FindAsync(Guid id, HttpContext http, ConversationService conversations) =>
        TypedResults.Ok(await conversations.FindAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchConversation());

    private static async Task<Ok<ConversationSummary>> ChangeAsync(Guid id, ChangeConversationBody body, HttpContext http, ConversationService conversations)
    {
        var caller = CurrentUser.From(http.User);
        if (body.Title != null && !await conversations.RenameAsync(caller, id, body.Title, http.RequestAborted))
            throw NoSuchConversation();
        return TypedResults.Ok(await conversations.FindAsync(caller, id, http.RequestAborted) ?? throw NoSuchConversation());
    }

    private static async Task<NoContent> DeleteAsync(Guid id, HttpContext http, ConversationService conversations) =>
        await conversations.DeleteAsync(CurrentUser.From(http.User), id, http.RequestAborted) ? TypedResults.NoContent() : throw NoSuchConversation();

    private static async Task<Ok<Page<MessageView>>> MessagesAsync(Guid id, HttpContext http, ConversationService conversations) =>
        TypedResults.Ok(new Page<MessageView>(
            await conversations.ListPathAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchConversation()));

    private static RequestProblem NoSuchConversation() => RequestProblem.NotFound("id", "There is no such conversation.");
}
