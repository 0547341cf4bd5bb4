using System.Text.Json;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Dialects.Sse;
using ChatApp.Runs;
using Microsoft.Extensions.Options;

namespace ChatApp.Dialects.Ask;

/// <summary>The two streams of the Ask API: the answer to a session's newest message, and what comes behind it.</summary>
internal sealed class AskStream(AskConversation conversation, AskDoor door, SseStream sse, IOptions<RunOptions> options, TimeProvider time)
{
    /// <summary>Says something, has the newest message answered, and streams the answer.</summary>
    /// <param name="speech">Without content, nothing is said.</param>
    /// <param name="simple">Whether the client knows <c>chunk</c> and <c>done</c> only.</param>
    public async Task WriteAsync(HttpContext http, AskVisit visit, AskCaller caller, AskSpeech speech, bool simple)
    {
        using var watch = door.Watch(http, visit.Ask.Session.Key, caller);
        AskAnswer answer;
        try
        {
            answer = await conversation.AskAsync(visit, speech, RunHeaders.KeyOf(http.Request), http.RequestAborted);
        }
        catch (RequestProblem problem) when (problem.Code == AskSetup.MissingKey)
        {
            // Clients are used to a stream that is open by then.
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-cache";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            await http.Response.WriteAsync($"data: {AskErrors.Event(problem)}\n\n", http.RequestAborted);
            return;
        }
        await WriteAsync(http, visit, answer, simple);
    }

    /// <summary>Streams an answer from its beginning.</summary>
    public async Task WriteAsync(HttpContext http, AskVisit visit, AskAnswer answer, bool simple)
    {
        var projection = new AskProjection(simple ? null : visit.Ask.Session, answer.At);
        await sse.WriteAsync(
            http, answer.Run.RunId, 0, projection,
            async (frames, output, aborted) =>
            {
                if (!projection.HasAnswer)
                    return;
                if (!simple)
                    await WriteInsightsAsync(answer, frames, output, aborted);
                frames.Raw("data: {\"type\":\"done\"}\n\n"u8);
            },
            LocationOf(visit, answer.Run.RunId));
    }

    /// <summary>Where a participant finds an answer again; null for the session's owner, whose run it is.</summary>
    public static string? LocationOf(AskVisit visit, Guid runId) =>
        visit.User?.Id == visit.Ask.Session.OwnerId ? null : $"/api/ask/{visit.Ask.Session.Key}/runs/{runId}";

    private async Task WriteInsightsAsync(AskAnswer answer, SseFrames frames, SseOutput output, CancellationToken aborted)
    {
        var search = answer.Insights;
        // An agent looks for them; proxies must not take its thinking for the end.
        while (await Task.WhenAny(search, Task.Delay(options.Value.Heartbeat, time, aborted)) != search)
        {
            aborted.ThrowIfCancellationRequested();
            frames.Raw(": keep-alive\n\n"u8);
            await output.FlushAsync(aborted);
        }
        if (await search is not { Count: > 0 } insights)
            return;
        frames.Raw("data: {\"type\":\"insights\",\"insights\":"u8)
            .Raw(JsonSerializer.Serialize(AskInsightJson.Of(answer.Ask, insights), AskJson.Ascii.IReadOnlyListAskInsightJson)).Raw("}\n\n"u8);
        await output.FlushAsync(aborted);
    }
}
