using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Dialects.Sse;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ChatApp.Dialects.Native;

/// <summary>Body of <c>POST /api/runs</c>.</summary>
/// <param name="Input">What the person says. Without it, the question <paramref name="ParentMessageId"/> is answered once more.</param>
/// <param name="Agent">Agent slug; the conversation's or the default agent where it is missing.</param>
/// <param name="Model">Model address <c>provider/model</c>; the agent's or the default model where it is missing.</param>
/// <param name="ConversationId">Continue this conversation; a new one where it is missing.</param>
/// <param name="ParentMessageId">The message to answer below; the end of the shown branch where it is missing.</param>
/// <param name="Metadata">A JSON object stored with the message.</param>
/// <param name="Attachments">Files of the caller's and addresses that go with the message.</param>
/// <param name="Stream">Answer with server-sent events.</param>
/// <param name="Background">Answer 202 at once; read the run later.</param>
internal sealed record StartRunBody(
    string? Input, string? Agent, string? Model, Guid? ConversationId, Guid? ParentMessageId, JsonElement? Metadata,
    IReadOnlyList<MediaReference>? Attachments, bool Stream = false, bool Background = false);

/// <summary>The native API of runs.</summary>
internal static class RunsApi
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/api/runs").WithTags("Runs");
        runs.MapPost("/", StartAsync).RequireAuthorization(Scopes.Chat)
            .WithSummary("Start a run: stream it, wait for it, or leave it in the background")
            .WithMetadata(new RequestSizeLimitAttribute(8 * 1024 * 1024))
            .Produces<RunView>(StatusCodes.Status200OK, "application/json", OpenApiDescription.EventStream).Produces<StartedRun>(StatusCodes.Status202Accepted)
            .Produces(StatusCodes.Status404NotFound).Produces(StatusCodes.Status409Conflict)
            .Produces(StatusCodes.Status422UnprocessableEntity).Produces(StatusCodes.Status429TooManyRequests);
        runs.MapGet("/{id:guid}", FindAsync).RequireAuthorization(Scopes.Read).WithSummary("A run and what it has produced");
        runs.MapGet("/{id:guid}/events", EventsAsync).RequireAuthorization(Scopes.Read)
            .WithSummary("The run's events after an id, as server-sent events")
            .Produces<string>(StatusCodes.Status200OK, OpenApiDescription.EventStream).Produces(StatusCodes.Status204NoContent)
            .Produces(StatusCodes.Status410Gone);
        routes.MapGet("/api/conversations/{id:guid}/active-run", FindActiveAsync).RequireAuthorization(Scopes.Read).WithTags("Conversations")
            .WithSummary("The run that is writing into a conversation; 204 when there is none").Produces<RunView>().Produces(StatusCodes.Status204NoContent);
        runs.MapPost("/{id:guid}/cancel", CancelAsync).RequireAuthorization(Scopes.Chat).WithSummary("Stop a run; what it has produced is kept");
    }

    private static async Task<IResult> StartAsync(
        StartRunBody body, HttpContext http, RunService runs, RunMedia media, RunEnds ends, SseStream sse, OpenResponses open,
        [FromHeader(Name = RunHeaders.IdempotencyKey), Description("The caller's own, 1 to 200 characters: a repeated send attaches to the first one's run.")] string? idempotencyKey)
    {
        if (body is { Stream: true, Background: true })
            throw RequestProblem.Invalid("background", "A run is either streamed or left in the background.");
        if (body.Metadata is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
            throw RequestProblem.Invalid("metadata", "The metadata must be a JSON object.");
        if (body.Attachments?.Contains(null!) == true)
            throw RequestProblem.Invalid("attachments", "The attachments are a list of objects with an id or a url.");
        var caller = CurrentUser.From(http.User);
        var request = new RunRequest(caller, body.Input)
        {
            Agent = body.Agent,
            Model = body.Model,
            ConversationId = body.ConversationId,
            ParentMessageId = body.ParentMessageId,
            Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata.GetRawText() : null,
            IdempotencyKey = idempotencyKey,
        };
        var started = await media.StartWithAsync(
            caller, body.Attachments ?? [], "attachments", attachments => runs.StartAsync(request with { Attachments = attachments }, http.RequestAborted),
            http.RequestAborted);
        if (body.Stream)
        {
            await sse.WriteAsync(http, started.RunId, 0, NativeProjection.Instance);
            return Results.Empty;
        }
        RunHeaders.Set(http.Response, started.RunId);
        if (body.Background)
            return TypedResults.Json(started, statusCode: StatusCodes.Status202Accepted);
        using var watch = open.Watch(http);
        return TypedResults.Ok(await ends.WaitAsync(caller, started.RunId, http.RequestAborted) ?? throw NoSuchRun());
    }

    private static async Task<Ok<RunView>> FindAsync(Guid id, HttpContext http, RunViews runs) =>
        TypedResults.Ok(await runs.FindAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchRun());

    private static async Task<IResult> FindActiveAsync(Guid id, HttpContext http, RunViews runs) =>
        await runs.FindActiveAsync(CurrentUser.From(http.User), id, http.RequestAborted) is { } run ? TypedResults.Ok(run) : TypedResults.NoContent();

    private static async Task<IResult> EventsAsync(
        Guid id, HttpContext http, RunViews runs, SseStream sse,
        [FromHeader(Name = LastEventId), Description("Id of the last event that was received, as EventSource sends it; goes before `after`.")] string? lastEventId,
        [Description("Id of the last event that was received; 0 or nothing for all.")] string? after)
    {
        // The header wins: an EventSource that reconnects sends it with the URL of its first connection.
        long seen = lastEventId == null ? SeqOf("after", after) : SeqOf(LastEventId, lastEventId);
        var run = await runs.FindEndAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchRun();
        if (run.LastSeq == null)
            throw new RequestProblem(410, "events_deleted", "The events of this run are no longer kept. Its answer is: read the run, or the conversation's messages.", "id");
        // EventSource reconnects after every close but this one.
        if (seen >= run.LastSeq)
            return TypedResults.NoContent();
        await sse.WriteAsync(http, id, seen, NativeProjection.Instance);
        return Results.Empty;
    }

    private static async Task<Accepted> CancelAsync(Guid id, HttpContext http, RunService runs) =>
        await runs.CancelAsync(CurrentUser.From(http.User), id, http.RequestAborted)
            ? TypedResults.Accepted($"/api/runs/{id}")
            : throw NoSuchRun();

    private static long SeqOf(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return 0;
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long seq)
            ? seq
            : throw RequestProblem.Invalid(name, "It must be the id of an event: a whole number from 0.");
    }

    private static RequestProblem NoSuchRun() => RequestProblem.NotFound("id", "There is no such run.");
}
