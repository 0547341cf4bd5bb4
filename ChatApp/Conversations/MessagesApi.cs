using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Conversations;

/// <summary>Body of <c>PUT /api/messages/{id}/feedback</c>.</summary>
/// <param name="Good">Whether the answer is a good one.</param>
/// <param name="Reason">Why, in the person's words; at most 2,000 characters, may be missing.</param>
internal sealed record FeedbackBody(bool Good, string? Reason);

/// <summary>Body of <c>POST /api/conversations/{id}/active-leaf</c>.</summary>
/// <param name="MessageId">A message of the branch to be shown: where the shown branch has it nothing changes, else down to its newest end.</param>
internal sealed record ActiveLeafBody(Guid MessageId);

/// <summary>REST over single messages and the branches that they are on.</summary>
internal static class MessagesApi
{
    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        var messages = routes.MapGroup("/api/messages").WithTags("Messages");
        messages.MapGet("/{id:guid}/details", DetailsAsync).RequireAuthorization(Scopes.Read)
            .WithSummary("How an answer came to be: agent, model, tokens, cost, times, and the calls that the server made besides");
        messages.MapPut("/{id:guid}/feedback", SetAsync).RequireAuthorization(Scopes.Chat).WithSummary("Say what you think of an answer");
        messages.MapDelete("/{id:guid}/feedback", ClearAsync).RequireAuthorization(Scopes.Chat).WithSummary("Take that back");
        routes.MapPost("/api/conversations/{id:guid}/active-leaf", ShowAsync).RequireAuthorization(Scopes.Chat).WithTags("Conversations")
            .WithSummary("Show another branch of a conversation");
    }

    private static async Task<Ok<MessageDetails>> DetailsAsync(Guid id, HttpContext http, MessageNotes notes) =>
        TypedResults.Ok(await notes.FindDetailsAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchAnswer());

    private static async Task<NoContent> SetAsync(Guid id, FeedbackBody body, HttpContext http, MessageNotes notes) =>
        await notes.SetFeedbackAsync(CurrentUser.From(http.User), id, new FeedbackView(body.Good, body.Reason), http.RequestAborted) ? TypedResults.NoContent() : throw NoSuchAnswer();

    private static async Task<NoContent> ClearAsync(Guid id, HttpContext http, MessageNotes notes) =>
        await notes.ClearFeedbackAsync(CurrentUser.From(http.User), id, http.RequestAborted) ? TypedResults.NoContent() : throw NoSuchAnswer();

    private static async Task<Ok<ConversationSummary>> ShowAsync(Guid id, ActiveLeafBody body, HttpContext http, MessageTree tree, ConversationService conversations)
    {
        var caller = CurrentUser.From(http.User);
        if (await conversations.FindAsync(caller, id, http.RequestAborted) == null)
            throw RequestProblem.NotFound("id", "There is no such conversation.");
        if (!await tree.ShowAsync(caller, id, body.MessageId, http.RequestAborted))
            throw RequestProblem.NotFound("message_id", "The conversation has no such message.");
        return TypedResults.Ok(await conversations.FindAsync(caller, id, http.RequestAborted));
    }

    private static RequestProblem NoSuchAnswer() => RequestProblem.NotFound("id", "There is no such answer.");
}
