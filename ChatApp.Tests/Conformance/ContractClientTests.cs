using System.Text;
using ChatApp.Data.Entities;
using ChatApp.Tests.Docs;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Torture;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>
/// Contract × client × provider: a client that does only what its contract's documents do prints the whole answer, however the
/// provider sends it. Where the provider fails in mid-answer, the contract's own error arrives, and the partial text is stored.
/// </summary>
public sealed class ContractClientTests(TraceApps apps) : IClassFixture<TraceApps>
{
    private const string Answer = "Gr\u00fc\u00dfe \u65e5\u672c \U0001F393 <b>\"x\"</b> \\ \n\r\t</script> end";

    // Longer than a block of the server's memory.
    private static readonly string LongAnswer = string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i} ")).TrimEnd();

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static TheoryData<string, string> OfChunks => Each("drip", "burst", "bytes", "long", "fail", "drop");

    public static TheoryData<string, string> OfPrograms => Each("drip", "burst", "fail");

    [Theory]
    [MemberData(nameof(OfChunks))]
    public Task Answer_EachChunkReadByItself_IsWhole(string contract, string provider) => AskAsync(contract, "chunks", provider);

    [Theory]
    [MemberData(nameof(OfPrograms))]
    public Task Answer_ReadByTheReactHooksLoop_IsWhole(string contract, string provider) => AskAsync(contract, "hook", provider);

    [ShellTheory]
    [MemberData(nameof(OfPrograms))]
    public Task Answer_ReadByThePythonLoop_IsWhole(string contract, string provider) => AskAsync(contract, "loop", provider);

    [ShellTheory]
    [MemberData(nameof(OfPrograms))]
    public Task Answer_PrintedByCurl_IsWhole(string contract, string provider) => AskAsync(contract, "curl", provider);

    [EventSourceTheory]
    [MemberData(nameof(OfPrograms))]
    public Task Answer_ReadByTheEventSourcePolyfill_IsWhole(string contract, string provider) => AskAsync(contract, "eventsource", provider);

    [EventSourceTheory]
    [MemberData(nameof(OfPrograms))]
    public Task Answer_ReadByFetchEventSource_IsWhole(string contract, string provider) => AskAsync(contract, "fetch-event-source", provider);

    private static TheoryData<string, string> Each(params string[] providers)
    {
        var all = new TheoryData<string, string>();
        foreach (var contract in Contract.All)
        {
            foreach (string provider in providers)
                all.Add(contract.Name, provider);
        }
        return all;
    }

    private async Task AskAsync(string name, string client, string provider)
    {
        var contract = Contract.Of(name);
        var runs = await apps.ForAsync(name);
        var (caller, http) = await runs.App.CreateCallerAsync();
        using var own = http;
        string key = http.DefaultRequestHeaders.Authorization!.Parameter!;
        string text = provider == "long" ? LongAnswer : Answer;
        var pieces = new Pieces();
        runs.Provider.Script("trace", s => Write(s, provider, pieces));
        using var limit = new CancellationTokenSource(Patience);
        var call = await contract.OpenAsync(runs.App, caller, http);

        var answer = client == "chunks"
            ? await ChunkClient.AskAsync(contract, call, runs.App.Address, key, pieces.Received, limit.Token)
            : await ProgramClient.AskAsync(client, contract, call, runs.App.Address, key, pieces.Received, limit.Token);

        bool fails = provider is "fail" or "drop";
        Assert.Equal(text, answer.Text);
        Assert.Equal(fails || !contract.TellsWhole ? null : text, answer.Whole);
        Assert.Equal(!fails || contract.EndsFailure, answer.Done);
        Assert.Equal(fails && contract.TellsFailure, answer.Error is { Length: > 0 });
        // An EventSource can't tell a cut from an end, and closes by itself.
        Assert.Equal(client == "eventsource" ? null : fails && contract.CutsFailure, answer.Cut);
        var stored = await runs.QueryAsync(db => db.Messages.AsNoTracking().SingleAsync(m => m.Role == MessageRole.Assistant
            && db.Conversations.Any(c => c.Id == m.ConversationId && c.OwnerId == caller.Id)));
        Assert.Equal((fails ? MessageStatus.Failed : MessageStatus.Completed, text), (stored.Status, stored.Content));
    }

    private static ScriptedAnswer Write(ScriptedAnswer answer, string provider, Pieces pieces)
    {
        if (provider == "long")
            return answer.Text(LongAnswer).Finish();
        if (provider == "bytes")
            answer = answer.OneBytePerWrite();
        foreach (var rune in Answer.EnumerateRunes())
        {
            answer = answer.Text(rune.ToString());
            if (provider is not ("burst" or "bytes"))
                answer = answer.Wait(pieces.Add(rune.Utf16SequenceLength));
        }
        return provider switch { "fail" => answer.Error("boom"), "drop" => answer.Drop(), _ => answer.Finish() };
    }

    /// <summary>The pieces of an answer, each of which is sent only when the client has shown the one before.</summary>
    private sealed class Pieces
    {
        private readonly List<(int End, Gate Gate)> _gates = [];
        private int _opened;

        public Gate Add(int length)
        {
            var gate = new Gate();
            _gates.Add(((_gates.Count == 0 ? 0 : _gates[^1].End) + length, gate));
            return gate;
        }

        public void Received(string text)
        {
            for (; _opened < _gates.Count && _gates[_opened].End <= text.Length; _opened++)
                _gates[_opened].Gate.Open();
        }
    }
}
