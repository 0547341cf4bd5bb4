using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>Clients that do only what their contract's documents do get the whole answer, however the provider sends it.</summary>
public sealed class LineClientTests(TraceApps apps) : IClassFixture<TraceApps>
{
    private const string Piece = "caf\u00e9 \U0001F642 \u65e5\u672c <b>\"q\"</b>\n";

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string dialect in new[] { "Agentic", "Persona" })
            {
                foreach (string mode in new[] { "drip", "burst", "bytes", "fail", "drop" })
                    all.Add(dialect, mode);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Stream_ByAClientWithoutCarryOver_IsTheWholeAnswer(string dialect, string mode)
    {
        var runs = await apps.ForAsync(dialect);
        var (_, client) = await runs.App.CreateCallerAsync();
        using var own = client;
        string key = client.DefaultRequestHeaders.Authorization!.Parameter!;
        int pieces = mode switch { "burst" => 400, "bytes" => 20, _ => 40 };
        runs.Provider.Script("trace", a => Script(a, mode, pieces));
        var (path, body) = await RequestAsync(dialect, runs, client);

        var (events, ended) = await LineClient.ReadAsync(runs.App.Address, key, path, body);

        string text = string.Concat(events.Select(e => PieceOf(dialect, e)));
        string whole = string.Concat(Enumerable.Repeat(Piece, pieces));
        bool fails = mode is "fail" or "drop";
        Assert.Equal(!fails, ended);
        Assert.Equal(whole, text);
        var conversation = (await client.GetFromJsonAsync<JsonElement>("api/conversations")).GetProperty("data")[0];
        var stored = (await client.GetFromJsonAsync<JsonElement>($"api/conversations/{conversation.Text("id")}/messages")).GetProperty("data")[1];
        Assert.Equal((fails ? "failed" : "completed", whole), (stored.Text("status"), stored.Text("content")));
        Assert.Equal(fails, dialect == "Persona" && events[^1].TryGetProperty("error", out _) || dialect == "Agentic" && stored.Text("status") == "failed");
    }

    private static ScriptedAnswer Script(ScriptedAnswer answer, string mode, int pieces)
    {
        if (mode == "bytes")
            answer.OneBytePerWrite();
        // Each piece in a turn of its own, as from a model that takes its time; or all of them at once.
        answer = mode == "burst"
            ? Enumerable.Repeat(Piece, pieces).Aggregate(answer, (a, piece) => a.Text(piece))
            : answer.TextFrom(_ => DripAsync(pieces));
        return mode switch { "fail" => answer.Error("boom"), "drop" => answer.End(), _ => answer.Finish() };
    }

    private static async IAsyncEnumerable<string> DripAsync(int pieces)
    {
        for (int i = 0; i < pieces; i++)
        {
            await Task.Yield();
            yield return Piece;
        }
    }

    private static async Task<(string Path, string? Body)> RequestAsync(string dialect, RunHarness runs, HttpClient client)
    {
        if (dialect == "Agentic")
            return ("/api/v1/chat/stream", """{"text":"Hi"}""");
        return ($"/chat/stream?conversation_id={await PersonaTraces.OpenAsync(runs, client)}&question=Hi", null);
    }

    private static string? PieceOf(string dialect, JsonElement e) =>
        e.TryGetProperty(dialect == "Agentic" ? "delta" : "token", out var piece) ? piece.GetString() : null;
}
