using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Dialects.FastApi;
using ChatApp.Dialects.Sse;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;
using ChatApp.Runs;
using Microsoft.AspNetCore.Mvc;

namespace ChatApp.Dialects.StudyGuru;

/// <summary>The API of StudyGuru. An interaction is a conversation of ours; each answer costs points.</summary>
internal static class StudyGuruApi
{
    public static void MapStudyGuru(this IEndpointRouteBuilder routes)
    {
        var stream = routes.MapGroup("/api/stream").WithMetadata(new FastApiErrors(Unauthorized)).RequireCors(CrossOrigin.Policy).ExcludeFromDescription();
        stream.MapPost("/stream-conversation", ConverseAsync).RequireAuthorization(Scopes.Chat)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        stream.MapGet("/stream-simple", AskAsync).RequireAuthorization(Scopes.Chat);
        stream.MapGet("/health", Health);
    }

    private static async Task ConverseAsync(HttpContext http, RunService runs, RunMedia media, SseStream sse, TimeProvider time)
    {
        var input = await FastApiInput.FromBodyAsync(http);
        string? interaction = input.String("interaction_id");
        string message = input.String("message") ?? "";
        var files = MediaFiles.Read(input);
        int? maxTokens = input.Integer("max_tokens");
        if (maxTokens < 1)
            input.Reject("max_tokens", "greater_than_equal", "Input should be greater than or equal to 1");
        input.ThrowIfInvalid();
        var caller = CurrentUser.From(http.User);
        var request = Request(caller, message, interaction, files.Count) with { MaxOutputTokens = maxTokens };
        var run = await media.StartWithAsync(
            caller, files, "media_files", attachments => StartAsync(http, runs, request with { Attachments = attachments }), http.RequestAborted);
        await sse.WriteAsync(http, run.RunId, 0, new StudyGuruProjection(new Interaction(caller.Id, string.IsNullOrEmpty(interaction)), time));
    }

    private static async Task AskAsync(HttpContext http, RunService runs, SseStream sse, TimeProvider time)
    {
        // A link on another site can make a signed-in person's browser get this address, but can't give it a token.
        if (!ApiKeyHandler.HasKey(http.Request))
            throw new RequestProblem(401, "unauthorized", "Send a token.");
        var input = FastApiInput.FromQuery(http);
        string message = input.String("message") ?? "";
        string? interaction = input.String("interaction_id");
        input.ThrowIfInvalid();
        var run = await StartAsync(http, runs, Request(CurrentUser.From(http.User), message, interaction, 0));
        await sse.WriteAsync(http, run.RunId, 0, new StudyGuruProjection(null, time));
    }

    private static IResult Health(TimeProvider time) => Results.Json(
        new JsonObject { ["status"] = "healthy", ["service"] = "interaction-streaming", ["timestamp"] = UnixTime.Now(time) });

    private static RunRequest Request(CurrentUser caller, string message, string? interaction, int files)
    {
        if (files == 0 && string.IsNullOrWhiteSpace(message))
            throw RequestProblem.Invalid("message", "Please provide a message or attach a file");
        Guid? conversation = string.IsNullOrEmpty(interaction) ? null : Guid.TryParse(interaction, out var id) ? id : throw NoSuchInteraction();
        return new RunRequest(caller, message) { ConversationId = conversation, Origin = new ConversationOrigin(ConversationSources.StudyGuru), Metered = true, WaitsForTurn = true };
    }

    private static async Task<StartedRun> StartAsync(HttpContext http, RunService runs, RunRequest request)
    {
        try
        {
            return await runs.StartAsync(request with { IdempotencyKey = RunHeaders.KeyOf(http.Request) }, http.RequestAborted);
        }
        catch (RequestProblem e) when (e is { Status: StatusCodes.Status404NotFound, Field: "conversation_id" })
        {
            throw NoSuchInteraction();
        }
    }

    private static RequestProblem NoSuchInteraction() => RequestProblem.NotFound("interaction_id", "Interaction not found");

    private static (int Status, string Detail) Unauthorized(HttpContext http) => (StatusCodes.Status401Unauthorized,
        !FastApiErrors.HasCredential(http) ? "Authorization header is missing"
        : !ApiKeyHandler.HasKey(http.Request) ? "Invalid authorization scheme"
        : "Invalid or expired token");

    private const long MaxBodyBytes = 32 * 1024 * 1024;
}
