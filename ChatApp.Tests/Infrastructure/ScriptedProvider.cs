using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ChatApp.Tests.Infrastructure;

/// <summary>
/// An LLM provider on 127.0.0.1 that speaks the real streaming wires of OpenAI (<c>POST {OpenAIBaseUrl}/chat/completions</c>) and
/// Anthropic (<c>POST {AnthropicBaseUrl}/v1/messages</c>) from a raw socket, and says exactly what a test scripted:
/// <code>
/// await using var provider = ScriptedProvider.Start();
/// var gate = new Gate();
/// provider.Script("m", s => s.Text("Hel").Wait(gate).Text("lo").Finish());   // a whole answer; usage comes with Finish
/// ... start reading; the first delta arrives ...
/// gate.Open();                                                             // now the second one is sent
/// provider.Script("m", s => s.Status(429, retryAfter: "1"), s => s.Text("ok").Finish());   // first request, then the next ones
/// provider.Script("m", s => s.OneBytePerWrite().NewLine("\r\n").Text("日本🙂").Finish());
/// provider.Script("m", s => s.Text("a").Drop());            // TCP reset       s.Text("a").End() : body ends, no finish reason
/// provider.Script("m", s => s.Text("a").Error("boom"));     // an error frame  s.Text("a").Hang(): silence until the caller leaves
/// provider.Script("m", s => s.Raw("data: {oops\n\n"));      // these bytes, whatever the wire
/// </code>
/// Scripts belong to a model name. Several scripts of one model answer one request each, in order; the last one stays.
/// An unscripted model gets 404 in the wire's own error format. Each request is kept in <see cref="Requests"/>; await
/// <see cref="NextRequestAsync"/> to know that one has arrived, <see cref="ScriptedRequest.CallerLeft"/> to know that the
/// caller hung up in mid-answer. Nothing here sleeps: order comes from <see cref="Gate"/>s. One request per connection.
/// </summary>
public sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<ScriptedAnswer>> scripts = new();
    private readonly ConcurrentQueue<ScriptedRequest> requests = new();
    private readonly System.Threading.Channels.Channel<ScriptedRequest> arrivals =
        System.Threading.Channels.Channel.CreateUnbounded<ScriptedRequest>();

    private ScriptedProvider() => listener.Start();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public string OpenAIBaseUrl => $"http://127.0.0.1:{Port}/v1";
    public string AnthropicBaseUrl => $"http://127.0.0.1:{Port}";

    /// <summary>All requests so far, in order of arrival.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. requests];

    public static ScriptedProvider Start()
    {
        var provider = new ScriptedProvider();
        _ = provider.AcceptAsync();
        return provider;
    }

    /// <summary>Replaces the scripts of a model: one per request, the last one for all that follow.</summary>
    public void Script(string model, params ReadOnlySpan<Func<ScriptedAnswer, ScriptedAnswer>> answers)
    {
        var queue = new ConcurrentQueue<ScriptedAnswer>();
        foreach (var answer in answers)
            queue.Enqueue(answer(new ScriptedAnswer()));
        scripts[model] = queue;
    }

    /// <summary>The next request that nobody has awaited yet.</summary>
    public ValueTask<ScriptedRequest> NextRequestAsync(CancellationToken cancellationToken = default) =>
        arrivals.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
    }

    internal ScriptedAnswer AnswerFor(ScriptedRequest request)
    {
        requests.Enqueue(request);
        arrivals.Writer.TryWrite(request);
        if (!scripts.TryGetValue(request.Model, out var queue))
            return new ScriptedAnswer().Status(404, message: $"The model {request.Model} does not exist.");
        // Dequeue under a lock: two requests at once must not both see the last script as a spare one.
        lock (queue)
            return queue.Count > 1 && queue.TryDequeue(out var first) ? first : queue.TryPeek(out var last) ? last : new ScriptedAnswer();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stopping.Token);
                socket.NoDelay = true;
                _ = ScriptedConnection.ServeAsync(this, socket, stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}

/// <summary>A request as the scripted provider received it.</summary>
public sealed record ScriptedRequest(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json { get; } = Body.Length == 0 ? default : JsonDocument.Parse(Body).RootElement;

    public string Model => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("model", out var m) ? m.GetString() ?? "" : "";

    /// <summary>Completes when the caller closes the connection before the answer is complete.</summary>
    public Task CallerLeft => left.Task;

    internal void MarkLeft() => left.TrySetResult();
}

/// <summary>A point in a script that waits for the test.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a script has come to the gate; everything before it has been sent.</summary>
    public Task Reached => reached.Task;

    /// <summary>Lets all scripts pass, now and later.</summary>
    public void Open() => open.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        reached.TrySetResult();
        return open.Task.WaitAsync(cancellationToken);
    }
}
