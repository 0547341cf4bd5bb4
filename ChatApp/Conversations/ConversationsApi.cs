using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Conversations;

/// <summary>A page of a list.</summary>
/// <param name="NextBefore">Give it as <c>before</c> to get the next page; missing on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Data, string? NextBefore = null);

/// <summary>Body of <c>POST /api/conversations</c>.</summary>
internal sealed record CreateConversationBody(string? Title, string? Agent);

/// <summary>Body of <c>PATCH /api/conversations/{id}</c>; what is missing stays as it is.</summary>
internal sealed record ChangeConversationBody
{
    public string? Title { get; init; }
    public bool? Pinned { get; init; }
    public bool? Archived { get; init; }

    /// <summary>The folder to move it to; null for out of its folder.</summary>
    public Guid? FolderId
    {
        get;
        // Null is a value, unlike a member that is missing.
        init => (field, HasFolder) = (value, true);
    }

    /// <summary>All tags that it shall have: up to 20 of at most 40 characters, kept in lower case.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    internal bool HasFolder { get; private init; }
}

/// <summary>REST over a person's conversations.</summary>
internal static class ConversationsApi
{
    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        var conversations = routes.MapGroup("/api/conversations").WithTags("Conversations");
        conversations.MapGet("/", ListAsync).RequireAuthorization(Scopes.Read)
            .WithSummary("Own conversations, newest first: those that are not archived, or those that are; of one folder or tag where given");
        conversations.MapPost("/", CreateAsync).RequireAuthorization(Scopes.Chat).WithSummary("Create an empty conversation");
        conversations.MapGet("/{id:guid}", FindAsync).RequireAuthorization(Scopes.Read).WithSummary("A conversation");
        conversations.MapPatch("/{id:guid}", ChangeAsync).RequireAuthorization(Scopes.Chat)
            .WithSummary("Rename, pin, archive, tag a conversation or move it to a folder; what is missing stays as it is");
        conversations.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Scopes.Chat).ProducesProblem(409)
            .WithSummary("Delete a conversation with its messages and runs, for good");
        conversations.MapGet("/{id:guid}/messages", MessagesAsync).RequireAuthorization(Scopes.Read).WithSummary("The shown branch, root first");
        conversations.MapShares();
        routes.MapFolders();
        routes.MapSearch();
    }

    private static async Task<Ok<Page<ConversationSummary>>> ListAsync(
        HttpContext http, ConversationService conversations, int limit = 50, string? before = null, bool archived = false, Guid? folder = null, string? tag = null)
    {
        if (limit is < 1 or > 200)
            throw RequestProblem.Invalid("limit", "The limit is a number from 1 to 200.");
        var filter = new ConversationFilter { Archived = archived, FolderId = folder, Tag = tag == null ? null : Tags.Normalize(tag) };
        var page = await conversations.ListAsync(CurrentUser.From(http.User), filter, limit, PageCursor.Parse(before), http.RequestAborted);
        return TypedResults.Ok(new Page<ConversationSummary>(page, PageCursor.After(page, limit, c => new(c.UpdatedAt, c.Id))));
    }

    private static async Task<Created<ConversationSummary>> CreateAsync(CreateConversationBody body, HttpContext http, ConversationService conversations)
    {
        var created = await conversations.CreateAsync(CurrentUser.From(http.User), body.Title, body.Agent, http.RequestAborted);
        return TypedResults.Created($"/api/conversations/{created.Id}", created);
    }

    private static async Task<Ok<ConversationSummary>> FindAsync(Guid id, HttpContext http, ConversationService conversations) =>
        TypedResults.Ok(await conversations.FindAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchConversation());

    private static async Task<Ok<ConversationSummary>> ChangeAsync(
        Guid id, ChangeConversationBody body, HttpContext http, ConversationService conversations, ConversationEdits edits)
    {
        var caller = CurrentUser.From(http.User);
        var changes = new ConversationChanges
        {
            Title = body.Title, Pinned = body.Pinned, Archived = body.Archived, Tags = body.Tags,
            FolderId = body.HasFolder ? body.FolderId ?? Guid.Empty : null,
        };
        if (!await edits.ChangeAsync(caller, id, changes, http.RequestAborted))
            throw NoSuchConversation();
        return TypedResults.Ok(await conversations.FindAsync(caller, id, http.RequestAborted) ?? throw NoSuchConversation());
    }

    private static async Task<NoContent> DeleteAsync(Guid id, HttpContext http, ConversationEdits edits) =>
        await edits.DeleteAsync(CurrentUser.From(http.User), id, http.RequestAborted) ? TypedResults.NoContent() : throw NoSuchConversation();

    private static async Task<Ok<Page<MessageView>>> MessagesAsync(Guid id, HttpContext http, ConversationService conversations) =>
        TypedResults.Ok(new Page<MessageView>(
            await conversations.ListPathAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchConversation()));

    internal static RequestProblem NoSuchConversation() => RequestProblem.NotFound("id", "There is no such conversation.");
}
