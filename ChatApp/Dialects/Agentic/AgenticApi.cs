using System.Text.Json.Nodes;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Dialects.Sse;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.AspNetCore.Mvc;

namespace ChatApp.Dialects.Agentic;

/// <summary>The chat routes of Agentic.</summary>
internal static class AgenticApi
{
    private const long MaxBodyBytes = 1024 * 1024;

    public static void MapAgentic(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithMetadata(AgenticErrors.Instance, new RequestSizeLimitAttribute(MaxBodyBytes))
            .RequireCors(CrossOrigin.Policy).ExcludeFromDescription();
        api.MapPost("/chat", AnswerAsync).RequireAuthorization(Scopes.Chat);
        api.MapPost("/chat/stream", StreamAsync).RequireAuthorization(Scopes.Chat);
        AgenticAuthApi.Map(api.MapGroup("/auth"));
    }

    private static async Task StreamAsync(HttpContext http, RunService runs, RunViews views, ConversationService conversations, SseStream sse)
    {
        var message = await AgenticMessage.ReadAsync(http);
        var caller = CurrentUser.From(http.User);
        var started = await StartAsync(http, runs, caller, message);
        var (run, conversation) = await WithConversationAsync(await views.FindAsync(caller, started.RunId, http.RequestAborted), http, conversations, caller);
        string snapshot = AgenticJson.Snapshot(caller, conversation, run, message.Text).ToJsonString();
        await sse.WriteAsync(http, started.RunId, 0, new AgenticProjection(started, snapshot));
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, RunService runs, RunEnds ends, ConversationService conversations, OpenResponses open)
    {
        var message = await AgenticMessage.ReadAsync(http);
        var caller = CurrentUser.From(http.User);
        var started = await StartAsync(http, runs, caller, message);
        using var watch = open.Watch(http);
        var (run, conversation) = await WithConversationAsync(await ends.WaitAsync(caller, started.RunId, http.RequestAborted), http, conversations, caller);
        if (run.Error is { } error)
            throw new RequestProblem(500, error.Code, error.Message);
        RunHeaders.Set(http.Response, started.RunId);
        return Answer(AgenticJson.Exchange(caller, conversation, run, message));
    }

    private static async Task<StartedRun> StartAsync(HttpContext http, RunService runs, CurrentUser caller, AgenticMessage message)
    {
        try
        {
            return await runs.StartAsync(
                new RunRequest(caller, message.Text)
                {
                    ConversationId = message.ConversationId, Metadata = message.ProviderMeta?.ToJsonString(),
                    Origin = new ConversationOrigin(ConversationSources.Agentic), WaitsForTurn = true, IdempotencyKey = RunHeaders.KeyOf(http.Request),
                },
                http.RequestAborted);
        }
        catch (RequestProblem e) when (e is { Status: StatusCodes.Status404NotFound, Field: "conversation_id" })
        {
            throw AgenticMessage.NoSuchConversation();
        }
    }

    /// <param name="run">Null, as its conversation, where it was deleted a moment ago.</param>
    private static async Task<(RunView Run, ConversationSummary Conversation)> WithConversationAsync(
        RunView? run, HttpContext http, ConversationService conversations, CurrentUser caller) =>
        run != null && await conversations.FindAsync(caller, run.ConversationId, http.RequestAborted) is { } conversation
            ? (run, conversation)
            : throw AgenticMessage.NoSuchConversation();

    /// <summary>JSON in ASCII.</summary>
    internal static IResult Answer(JsonObject body, int status = StatusCodes.Status200OK) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);
}
