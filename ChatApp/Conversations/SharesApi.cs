using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Conversations;

/// <summary>Body of <c>POST /api/conversations/{id}/shares</c>.</summary>
/// <param name="MessageId">The last message to show; missing for the end of the shown branch.</param>
internal sealed record ShareBody(Guid? MessageId);

/// <summary>REST over the read-only links to a conversation's branches.</summary>
internal static class SharesApi
{
    public static void MapShares(this RouteGroupBuilder conversations)
    {
        conversations.MapGet("/{id:guid}/shares", ListAsync).RequireAuthorization(Scopes.Read).WithSummary("The links by which anybody reads a branch of the conversation");
        conversations.MapPost("/{id:guid}/shares", CreateAsync).RequireAuthorization(Scopes.Chat)
            .WithSummary("Share a branch as a read-only link; a branch that is shared already keeps its link")
            .ProducesProblem(409);
        conversations.MapDelete("/{id:guid}/shares/{share:guid}", RevokeAsync).RequireAuthorization(Scopes.Chat).WithSummary("Revoke a link");
    }

    private static async Task<Ok<Page<ShareView>>> ListAsync(Guid id, HttpContext http, ConversationService conversations, Sharing sharing)
    {
        var caller = CurrentUser.From(http.User);
        if (await conversations.FindAsync(caller, id, http.RequestAborted) == null)
            throw ConversationsApi.NoSuchConversation();
        return TypedResults.Ok(new Page<ShareView>(await sharing.ListAsync(caller, id, http.RequestAborted)));
    }

    private static async Task<Created<ShareView>> CreateAsync(Guid id, ShareBody body, HttpContext http, Sharing sharing)
    {
        var share = await sharing.CreateAsync(CurrentUser.From(http.User), id, body.MessageId, http.RequestAborted) ?? throw ConversationsApi.NoSuchConversation();
        return TypedResults.Created(share.Path, share);
    }

    private static async Task<NoContent> RevokeAsync(Guid id, Guid share, HttpContext http, Sharing sharing) =>
        await sharing.RevokeAsync(CurrentUser.From(http.User), id, share, http.RequestAborted)
            ? TypedResults.NoContent()
            : throw RequestProblem.NotFound("share", "There is no such link.");
}
