using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>Clients whose sockets are cut at any byte, and which resume.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class CutTests
{
    private const int Tokens = 1_200;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Cut_AtRandomBytesWhileTheRunGoesOn_ResumesToTheSameBytes()
    {
        await using var installation = await Installation.CreateAsync();
        var server = await installation.StartServerAsync();
        using var deadline = new CancellationTokenSource(Limit);
        var random = new Random(TortureSize.Seed);
        var promise = new Promise("cuts");
        // The answer goes on when all clients have what was sent, so that each of them is cut and resumes in mid-answer.
        var pace = new Lockstep(TortureSize.Cuts + 1);
        int seed = random.Next();
        installation.Provider.Script("paced", s => s.TextFrom(gone => AnswerAsync(seed, pace, gone)).Finish());

        var uncut = Client(installation, pace, 0);
        var running = uncut.StartAsync(server.Address, new { input = "x", model = "p/paced", stream = true }, deadline.Token);
        string run = await pace.RunId.WaitAsync(deadline.Token);
        // Somewhat less than the uncut response will have, so that every cut comes before its end.
        int length = Encoding.UTF8.GetByteCount(string.Concat(Words(seed))) + (Tokens * FrameOverhead / 3);
        var cuts = Enumerable.Range(1, TortureSize.Cuts).Select(_ => (After: random.Next(1, length), Reset: random.Next(2) == 0)).ToArray();
        var clients = cuts.Select((_, i) => Client(installation, pace, i + 1)).ToArray();
        int cut = 0;
        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            client.RunId = run;
            await client.ResumeAsync(server.Address, deadline.Token, cuts[i].After, cuts[i].Reset);
            if (client is { IsDone: false, EndedCleanly: false })
                Interlocked.Increment(ref cut);
            await client.ResumeAsync(server.Address, deadline.Token);
        }).Append(running));

        promise.Check(cut == cuts.Length, $"only {cut} of {cuts.Length} clients were cut before the end");
        string expected = HashOf(uncut);
        promise.Check(uncut.IsDone && RawRunClient.TextOf(uncut.Frames) == string.Concat(Words(seed)), $"the uncut answer is not the provider's");
        int equal = clients.Count(c => HashOf(c) == expected);
        promise.Check(equal == clients.Length, $"{clients.Length - equal} clients put together something else");
        int bytes = uncut.Frames.Sum(f => Encoding.UTF8.GetByteCount(f) + 2);
        promise.Settle($"{cut} cuts in a stream of {uncut.Frames.Count} events and {bytes:N0} bytes, {equal} equal hashes");
    }

    private const int FrameOverhead = 60;

    private static RawRunClient Client(Installation installation, Lockstep pace, int number)
    {
        int chars = 0;
        return new RawRunClient(installation.Key)
        {
            OnFrame = frame =>
            {
                if (RawRunClient.EventOf(frame) == "block.delta")
                    pace.Has(number, chars += RawRunClient.TextOf([frame]).Length);
                else if (number == 0 && RawRunClient.EventOf(frame) == "run.started")
                    pace.Begin(RawRunClient.DataOf(frame).GetProperty("run_id").GetString()!);
            },
        };
    }

    private static IEnumerable<string> Words(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < Tokens; i++)
            yield return (i + random.Next(6) switch { 0 => " é\n", 1 => " 日本", 2 => " 🙂", 3 => " \"\\", 4 => "\r\n\n", _ => " word" }) + " ";
    }

    private static async IAsyncEnumerable<string> AnswerAsync(int seed, Lockstep pace, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        int sent = 0;
        foreach (string word in Words(seed))
        {
            // Some tokens come singly, some together.
            if (random.Next(3) == 0)
                await pace.AllHaveAsync(sent).WaitAsync(cancellationToken);
            sent += word.Length;
            yield return word;
        }
    }

    private static string HashOf(RawRunClient client) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(client.Frames.Select(f => f + "\n\n")))));

    /// <summary>Lets an answer go on only when every one of its readers has it so far.</summary>
    private sealed class Lockstep(int readers)
    {
        private readonly Lock _gate = new();
        private readonly int[] _has = new int[readers];
        private readonly TaskCompletionSource<string> _runId = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? _all;
        private int _wanted;

        public Task<string> RunId => _runId.Task;

        public void Begin(string runId) => _runId.TrySetResult(runId);

        public void Has(int reader, int chars)
        {
            TaskCompletionSource? all = null;
            lock (_gate)
            {
                _has[reader] = chars;
                if (_all != null && _has.Min() >= _wanted)
                    (all, _all) = (_all, null);
            }
            all?.SetResult();
        }

        public Task AllHaveAsync(int chars)
        {
            lock (_gate)
            {
                if (_has.Min() >= chars)
                    return Task.CompletedTask;
                _wanted = chars;
                _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return _all.Task;
            }
        }
    }
}
