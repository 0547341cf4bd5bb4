using System.Text.Encodings.Web;
using ChatApp.Identity;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using Microsoft.Extensions.Options;

namespace ChatApp.Dialects.Sse;

/// <summary>How one wire format writes an event of a run. Holds what it must remember between events of one stream.</summary>
internal interface ISseProjection
{
    /// <summary>Native UTF-8 where the clients can read it; the default encoder where they need ASCII.</summary>
    JavaScriptEncoder Encoder { get; }

    void Write(RunEvent e, SseFrames frames);

    /// <summary>Whether its clients come back after their last id, so that a stream that has grown old may end in mid-answer.</summary>
    bool Resumes => false;

    /// <summary>Whether each event is flushed by itself, for clients that take each chunk of the network for whole lines.</summary>
    bool FlushesEachEvent => false;

    /// <summary>Whether the connection is cut behind the terminal event, for clients that see a failure only by that.</summary>
    bool CutsAtEnd => false;
}

/// <summary>The one writer of SSE responses: follows a run and writes it as a projection says, until the run's terminal event.</summary>
internal sealed class SseStream(IRunReader reader, OpenResponses open, IOptions<RunOptions> options, TimeProvider time)
{
    /// <summary>
    /// Streams the run's events after <paramref name="afterSeq"/>. Headers go out at once. What is there is written with one
    /// flush. The end of the connection ends the stream, not the run. A stream that has grown old ends between two events,
    /// without the terminal one, if its client knows how to reconnect after its last id.
    /// </summary>
    /// <param name="tail">Writes what its wire format has behind the run's terminal event, and sends it with the output where it takes long; null for nothing.</param>
    /// <param name="location">As <see cref="RunHeaders.Set"/> takes it.</param>
    public async Task WriteAsync(
        HttpContext http, Guid runId, long afterSeq, ISseProjection projection, Func<SseFrames, SseOutput, CancellationToken, ValueTask>? tail = null,
        string? location = null)
    {
        using var watch = open.Watch(http);
        var aborted = http.RequestAborted;
        Prepare(http.Response, runId, location);
        var output = new SseOutput(http.Response, projection.FlushesEachEvent);
        using var frames = new SseFrames(output.Buffer, projection.Encoder);
        long opened = time.GetTimestamp();
        try
        {
            // What is written before a response has started is kept in a block of its own, for as long as the stream lives.
            await http.Response.StartAsync(aborted);
            frames.Raw(": open\n\n"u8);
            await output.FlushAsync(aborted);
            await using var events = reader.ReadAsync(runId, afterSeq, options.Value.Heartbeat, aborted).GetAsyncEnumerator(aborted);
            while (true)
            {
                var next = events.MoveNextAsync();
                if (!next.IsCompleted && output.UnflushedBytes > 0)
                    await output.FlushAsync(aborted);
                if (!await next)
                    break;
                if (events.Current.Seq == 0)
                    frames.Raw(": keep-alive\n\n"u8);
                else
                    projection.Write(events.Current, frames);
                if (projection.Resumes && time.GetElapsedTime(opened) > options.Value.MaxStreamAge)
                    break;
                // A replay of a long log must not gather in memory, least of all that of a client which does not read it.
                if (output.UnflushedBytes > (projection.FlushesEachEvent ? 0 : MaxUnflushedBytes))
                    await output.FlushAsync(aborted);
            }
            await output.FlushAsync(aborted);
            if (tail != null)
            {
                await tail(frames, output, aborted);
                await output.FlushAsync(aborted);
            }
            if (projection.CutsAtEnd)
                StreamCut.After(http);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The reader has gone; the run goes on.
        }
        catch (Exception e) when (e is RunLostException or KeyNotFoundException)
        {
            // The end can't be told truthfully: cut, so that the client resumes from its last id.
            http.Abort();
        }
    }

    private static void Prepare(HttpResponse response, Guid runId, string? location)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        RunHeaders.Set(response, runId, location);
    }

    private const int MaxUnflushedBytes = 16 * 1024;
}
