using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>
/// Clients as the contracts' own are: each chunk of the network is decoded and split on "\n" by itself, and each line that begins
/// with "data: " is parsed without a try. They hold for drips, bursts and failures only if no event is ever split.
/// </summary>
public sealed class NaiveClientTests : IAsyncLifetime
{
    private const string Answer = "Grüße 日本 🎓 \"x\" \\ \n\r\t</script> end";

    // Longer than a block of the server's memory.
    private static readonly string LongAnswer = string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i} "));
    private RunHarness _runs = null!;

    private static string AnswerOf(string way) => way == "long" ? LongAnswer : Answer;

    public static TheoryData<string> Ways => ["drip", "burst", "fail", "long"];

    public async Task InitializeAsync()
    {
        _runs = await RunHarness.StartAsync();
        await _runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent("x", new AgentSettings("", "p/m"), IsDefault: true), null, default);
    }

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task StudyGuru_EachChunkByItself_GivesTheWholeAnswer(string way)
    {
        var shown = new StringBuilder();
        string? complete = null, error = null;
        await PlayAsync(way, "/api/stream/stream-conversation", """{"message":"Hi","interaction_id":null,"media_files":null}""", chunk =>
        {
            foreach (string line in chunk.Split('\n'))
            {
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                    continue;
                var e = JsonDocument.Parse(line[6..]).RootElement;
                switch (e.Text("type"))
                {
                    case "token":
                        shown.Append(e.Text("content"));
                        break;
                    case "complete":
                        complete = e.Text("content");
                        break;
                    case "error":
                        error = e.Text("error");
                        break;
                }
            }
        });

        Assert.Equal(AnswerOf(way), shown.ToString());
        Assert.Equal(way == "fail" ? null : AnswerOf(way), complete);
        Assert.Equal(way == "fail", error != null);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Relay_EachChunkByItself_GivesTheWholeAnswer(string way)
    {
        var shown = new StringBuilder();
        bool done = false, failed = false;
        await PlayAsync(way, "/ai/stream/chat", """{"messages":[{"role":"user","content":"Hi"}]}""", chunk =>
        {
            foreach (string line in chunk.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)))
            {
                Assert.False(done, "Nothing comes behind [DONE].");
                if (line == "data: [DONE]")
                {
                    done = true;
                    continue;
                }
                var e = JsonDocument.Parse(line[6..]).RootElement;
                // What its proxy looks at.
                if (e.TryGetProperty("type", out var type) && type.GetString() == "error")
                    failed = e.Text("error").Length > 0;
                else
                    shown.Append(e.Text("content"));
            }
        });

        Assert.Equal((AnswerOf(way), true, way == "fail"), (shown.ToString(), done, failed));
    }

    [Fact]
    public async Task Conversation_OfAnyContract_IsInTheListAndFollowedWhileItStreams()
    {
        foreach (var (path, body) in new[]
        {
            ("/api/stream/stream-conversation", """{"message":"Hi"}"""), ("/ai/stream/chat", """{"messages":[{"role":"user","content":"Hi"}],"conversation_id":"7"}"""),
        })
        {
            var gate = new Gate();
            _runs.Provider.Script("m", s => s.Text("one ").Wait(gate).Text("two").Finish());
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using var answer = await _runs.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            string run = answer.Headers.GetValues("X-Run-Id").Single();

            var conversation = (await _runs.Client.GetFromJsonAsync<JsonElement>("/api/conversations?limit=1")).GetProperty("data")[0];
            Assert.True(conversation.GetProperty("is_streaming").GetBoolean());
            var active = await _runs.Client.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversation.Text("id")}/active-run");
            Assert.Equal(run, active.Text("id"));

            gate.Open();
            Assert.Contains("\"finish_reason\":\"stop\"", await _runs.EventsAsync(run), StringComparison.Ordinal);
            Assert.Equal(["Hi", "one two"], await _runs.ShownAsync(conversation.Text("id")));
        }
    }

    /// <summary>Sends the request and gives each chunk of the answer as HTTP frames it, as a browser's reader would.</summary>
    private async Task PlayAsync(string way, string path, string body, Action<string> onChunk)
    {
        var gates = new List<Gate>();
        _runs.Provider.Script("m", s =>
        {
            if (way == "long")
                return s.Text(LongAnswer).Finish();
            foreach (var rune in Answer.EnumerateRunes())
            {
                s = s.Text(rune.ToString());
                if (way != "burst")
                {
                    gates.Add(new Gate());
                    s = s.Wait(gates[^1]);
                }
            }
            return way == "fail" ? s.Error("boom") : s.Finish();
        });
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var server = _runs.App.Address;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port, timeout.Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: {_runs.Client.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), timeout.Token);
        using var stream = new NetworkStream(socket);
        int given = 0, opened = 0;
        while (await ReadLineAsync(stream, timeout.Token) is { Length: > 0 })
        {
            // The head.
        }
        while (Convert.ToInt32(await ReadLineAsync(stream, timeout.Token), 16) is var size and > 0)
        {
            byte[] chunk = new byte[size];
            await stream.ReadExactlyAsync(chunk, timeout.Token);
            Assert.Equal("", await ReadLineAsync(stream, timeout.Token));
            string text = Encoding.ASCII.GetString(chunk);
            Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
            onChunk(text);
            given += text.Split("\n\n").Count(f => f.Contains("\"content\"", StringComparison.Ordinal));
            for (; opened < Math.Min(given, gates.Count); opened++)
                gates[opened].Open();
        }
    }

    private static async Task<string> ReadLineAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        byte[] next = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(next, cancellationToken);
            if (next[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)next[0]);
        }
    }
}
