using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ChatApp.Tests.Infrastructure;

/// <summary>
/// An API client that follows one run over raw sockets: it knows to the byte what it has received when it or the server is
/// cut, keeps the whole events and resumes with the last one's id. Used by one task at a time.
/// </summary>
public sealed class RawRunClient(string key)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly List<string> _frames = [];
    private readonly List<byte> _body = [];
    private int _parsed;

    /// <summary>Called with each whole event, before the next bytes are read.</summary>
    public Action<string>? OnFrame { get; init; }

    /// <summary>The events received so far, as they stood on the wire, without the blank line. Comments are left out.</summary>
    public IReadOnlyList<string> Frames => _frames;

    /// <summary>Status of the last response; 0 when its head did not arrive whole, so that nothing was acknowledged.</summary>
    public int Status { get; private set; }

    /// <summary>Null until a response has named it.</summary>
    public string? RunId { get; set; }

    /// <summary>Bytes of the last response, head included.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes of the last response's body.</summary>
    public long BodyReceived => _body.Count;

    /// <summary>Whether the last response ended as HTTP says.</summary>
    public bool EndedCleanly { get; private set; }

    /// <summary>What had arrived of a further event at the end of the last response.</summary>
    public byte[] Partial => [.. _body.Skip(_parsed)];

    public bool IsDone => _frames is [.., { } last] && EventOf(last) == "done";

    /// <summary><c>POST /api/runs</c> and then its events, until the end of the connection, however it comes.</summary>
    public Task StartAsync(Uri server, object body, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(body);
        string head = $"POST /api/runs HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n{Common(server)}\r\n";
        return ReceiveAsync(server, [.. Encoding.ASCII.GetBytes(head), .. json], long.MaxValue, reset: false, cancellationToken);
    }

    /// <summary><c>GET /api/runs/{id}/events</c> after the last event that it has.</summary>
    /// <param name="cutAfter">Closes the connection after so many bytes of the response, head included.</param>
    /// <param name="reset">Whether that is a TCP reset instead of an orderly end.</param>
    public Task ResumeAsync(Uri server, CancellationToken cancellationToken, long cutAfter = long.MaxValue, bool reset = false)
    {
        string last = _frames.Count == 0 ? "" : $"Last-Event-ID: {IdOf(_frames[^1])}\r\n";
        string request = $"GET /api/runs/{RunId}/events HTTP/1.1\r\n{last}{Common(server)}\r\n";
        return ReceiveAsync(server, Encoding.ASCII.GetBytes(request), cutAfter, reset, cancellationToken);
    }

    /// <summary>The request that <see cref="ResumeAsync"/> would send first, for a socket of the test's own.</summary>
    public static byte[] EventsRequest(Uri server, string runId, string key) => Encoding.ASCII.GetBytes(
        $"GET /api/runs/{runId}/events HTTP/1.1\r\n{new RawRunClient(key).Common(server)}\r\n");

    public static long IdOf(string frame) => long.Parse(Field(frame, "id: "), CultureInfo.InvariantCulture);

    public static string EventOf(string frame) => Field(frame, "event: ");

    public static JsonElement DataOf(string frame) => JsonDocument.Parse(Field(frame, "data: ")).RootElement;

    /// <summary>The text that the events add to the answer.</summary>
    public static string TextOf(IEnumerable<string> frames) =>
        string.Concat(frames.Where(f => EventOf(f) == "block.delta").Select(f => DataOf(f).GetProperty("text").GetString()));

    private string Common(Uri server) => $"Host: {server.Authority}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n";

    private static string Field(string frame, string name) =>
        frame.Split('\n').SingleOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..]
        ?? throw new FormatException($"No \"{name}\" in {frame}");

    private async Task ReceiveAsync(Uri server, byte[] request, long cutAfter, bool reset, CancellationToken cancellationToken)
    {
        (Status, Received, EndedCleanly, _parsed) = (0, 0, false, 0);
        _body.Clear();
        var http = new HttpBytes();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
            await socket.SendAsync(request, cancellationToken);
            byte[] buffer = new byte[32 * 1024];
            while (!http.Ended && Received < cutAfter)
            {
                int wanted = (int)Math.Min(buffer.Length, cutAfter - Received);
                int n = await socket.ReceiveAsync(buffer.AsMemory(0, wanted), cancellationToken);
                if (n == 0)
                    break;
                Received += n;
                http.Feed(buffer.AsSpan(0, n), _body);
                if (http.HasHead)
                    (Status, RunId) = (http.Status, http.Header("X-Run-Id") ?? RunId);
                if (Status == 200)
                    TakeFrames();
            }
        }
        catch (SocketException)
        {
            // Cut by the other side. What has arrived counts.
        }
        EndedCleanly = http.Ended;
        if (reset)
            socket.LingerState = new LingerOption(true, 0);
    }

    private void TakeFrames()
    {
        var body = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_body);
        for (int end; (end = body[_parsed..].IndexOf("\n\n"u8)) >= 0; _parsed += end + 2)
        {
            string frame = Strict.GetString(body.Slice(_parsed, end));
            if (frame.StartsWith(':'))
                continue;
            _frames.Add(frame);
            OnFrame?.Invoke(frame);
        }
    }
}
