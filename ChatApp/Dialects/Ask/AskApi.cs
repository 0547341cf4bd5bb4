using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;
using ChatApp.Runs;
using Microsoft.AspNetCore.Mvc;

namespace ChatApp.Dialects.Ask;

/// <summary>The Ask API: sessions found by their key, open to accounts, invitations and, where they allow it, everybody.</summary>
internal static class AskApi
{
    public static void MapAsk(this IEndpointRouteBuilder routes)
    {
        // Each session decides who may come in: AskAccess.
        var asks = routes.MapGroup("/api/ask").AllowAnonymous().RequireCors(CrossOrigin.Policy).ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(8 * 1024 * 1024));
        asks.MapPost("/{key}/stream", StreamAsync).WithMetadata(AskErrors.Stream);
        asks.MapPost("/{key}/stream-simple", StreamSimplyAsync).WithMetadata(AskErrors.Simple);
        asks.MapGet("/{key}", FindAsync).WithMetadata(AskErrors.Envelope);
        asks.MapPost("/{key}", AppendAsync).WithMetadata(AskErrors.Envelope);
        asks.MapPost("/{key}/respond", RespondAsync).WithMetadata(AskErrors.Envelope);
        asks.MapGet("/{key}/runs/{id:guid}", FollowAsync).WithMetadata(AskErrors.Stream);
    }

    private static async Task StreamAsync(string key, HttpContext http, AskAccess access, AskStream stream)
    {
        var visit = await access.EnterAsync(key, CallerOf(http), http.RequestAborted);
        visit.RequireSpeech();
        var body = await AskBody.ReadAsync(http);
        // The message of the real client is the one before the newest: only content is something said.
        await stream.WriteAsync(http, visit, CallerOf(http), new AskSpeech(body.Content) { SenderName = body.SenderName, OnlyIfNew = true }, simple: false);
    }

    private static async Task StreamSimplyAsync(string key, HttpContext http, AskAccess access, AskStream stream)
    {
        var visit = await access.EnterAsync(key, CallerOf(http), http.RequestAborted);
        visit.RequireSpeech();
        var body = await AskBody.ReadAsync(http);
        await stream.WriteAsync(http, visit, CallerOf(http), new AskSpeech(body.Message) { SenderName = body.SenderName, OnlyIfNew = true }, simple: true);
    }

    /// <summary>An answer once more from its beginning, for those whose connection broke and who own no run.</summary>
    private static async Task FollowAsync(
        string key, Guid id, HttpContext http, AskAccess access, AskConversation conversation, AskStream stream, AskDoor door)
    {
        using var watch = door.Watch(http, key, CallerOf(http));
        var visit = await access.EnterAsync(key, CallerOf(http), http.RequestAborted);
        await stream.WriteAsync(http, visit, await conversation.FindAnswerAsync(visit.Ask, id, http.RequestAborted), simple: false);
    }

    private static async Task<IResult> FindAsync(string key, HttpContext http, AskAccess access, AskConversation conversation, AskInsights insights)
    {
        var visit = await access.EnterAsync(key, CallerOf(http), http.RequestAborted);
        var (ask, session) = (visit.Ask, visit.Ask.Session);
        var messages = await conversation.ListAsync(ask, http.RequestAborted);
        var kept = await insights.ListAsync(session, http.RequestAborted);
        return Results.Json(
            new AskEnvelope<AskContentJson>(true, new AskContentJson(
                AskSessionJson.Of(ask, visit.MayManage), [.. messages.Select(m => AskMessageJson.Of(session, m))], AskInsightJson.Of(ask, kept), [])),
            AskJson.Ascii.AskEnvelopeAskContentJson);
    }

    private static async Task<IResult> AppendAsync(string key, HttpContext http, AskAccess access, AskConversation conversation)
    {
        var visit = await access.EnterAsync(key, CallerOf(http), http.RequestAborted);
        var body = await AskBody.ReadAsync(http);
        var said = await conversation.AppendAsync(
            visit, new AskSpeech(body.Content) { SenderName = body.SenderName, Metadata = body.Metadata }, http.RequestAborted);
        return Result(new AskResultJson(AskMessageJson.Of(visit.Ask.Session, said)));
    }

    private static async Task<IResult> RespondAsync(
        string key, HttpContext http, AskAccess access, AskConversation conversation, AskInsights insights, RunEnds ends, AskDoor door)
    {
        using var watch = door.Watch(http, key, CallerOf(http));
        var visit = await access.EnterAsync(key, CallerOf(http), http.RequestAborted);
        visit.RequireSpeech();
        var ask = visit.Ask;
        var body = await AskBody.ReadAsync(http);
        if (body.SessionId != null && !string.Equals(body.SessionId, ask.Session.Id.ToString(), StringComparison.OrdinalIgnoreCase))
            throw RequestProblem.Invalid("askSessionId", "ASK session mismatch");
        if (body.DetectsInsights)
        {
            var detected = await insights.DetectAsync(ask, runId: null, http.RequestAborted) ?? await insights.ListAsync(ask.Session, http.RequestAborted);
            return Result(new AskResultJson(Insights: AskInsightJson.Of(ask, detected)));
        }
        var messages = await conversation.ListAsync(ask, http.RequestAborted);
        if (messages.Count == 0)
            return Result(new AskResultJson(Insights: AskInsightJson.Of(ask, await insights.ListAsync(ask.Session, http.RequestAborted))));
        var answer = await conversation.AskAsync(visit, new AskSpeech(Content: null), RunHeaders.KeyOf(http.Request), http.RequestAborted);
        RunHeaders.Set(http.Response, answer.Run.RunId, AskStream.LocationOf(visit, answer.Run.RunId));
        var run = await ends.WaitAsync(ask.Owner, answer.Run.RunId, http.RequestAborted) ?? throw RequestProblem.NotFound("key", "There is no session with this key.");
        if (run is not { Status: "completed" or "cancelled" })
            throw new RequestProblem(500, run.Error?.Code ?? "internal_error", run.Error?.Message ?? "The answer is gone.");
        var kept = await answer.Insights.WaitAsync(http.RequestAborted) ?? await insights.ListAsync(ask.Session, http.RequestAborted);
        return Result(new AskResultJson(
            AskMessageJson.Answer(ask.Session, run.MessageId, run.Output, answer.At), AskInsightJson.Of(ask, kept)));
    }

    /// <exception cref="RequestProblem">401: a key or token that is no good. Whoever sends one is not content to be a guest.</exception>
    private static AskCaller CallerOf(HttpContext http)
    {
        bool isSignedIn = http.User.Identity is { IsAuthenticated: true };
        if (!isSignedIn && ApiKeyHandler.HasKey(http.Request))
            throw new RequestProblem(401, "unauthorized", "The API key or access token is not valid.");
        return new AskCaller(
            isSignedIn ? CurrentUser.From(http.User) : null, http.Request.Headers["X-Invite-Token"] is [{ Length: > 0 } token, ..] ? token : null);
    }

    private static IResult Result(AskResultJson data) =>
        Results.Json(new AskEnvelope<AskResultJson>(true, data), AskJson.Ascii.AskEnvelopeAskResultJson);
}
