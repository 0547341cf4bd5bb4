using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>
/// Readers that connect and never read, beside others that do. What they cost is the server's largest size with them, over its
/// largest in a round before that is the same but for them; earlier rounds have compiled what is run and filled what is pooled.
/// </summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class StalledReaderTests
{
    private const int NormalReaders = 10, WarmUps = 2;
    private const double MostMilliseconds = 100, MostMegabytes = 50;
    private static readonly TimeSpan TokenEvery = TimeSpan.FromMilliseconds(4), WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    // More than a system buffers for a connection (Linux: at most 4 MB), so that the server itself has to hold back.
    private const int FloodTokens = 10 * 1024, FloodTokenChars = 512;
    private static readonly string FloodToken = new('.', FloodTokenChars);

    [Fact]
    public async Task Stall_ManyReadersOfAFastRun_CostsLittleMemoryAndDisturbsNobody()
    {
        await using var installation = await Installation.CreateAsync();
        var server = await installation.StartServerAsync();
        using var deadline = new CancellationTokenSource(Limit);
        var promise = new Promise("stalled readers");

        for (int i = 0; i < WarmUps; i++)
            await new Following(installation, server, promise, stalled: 0, WarmUp).RunAsync(deadline.Token);
        var before = new Following(installation, server, promise, stalled: 0, TortureSize.StalledFor);
        await before.RunAsync(deadline.Token);
        var following = new Following(installation, server, promise, TortureSize.StalledReaders, TortureSize.StalledFor);
        await following.RunAsync(deadline.Token);

        var lags = following.Lags;
        lags.Sort();
        double median = lags[lags.Count / 2], p95 = lags[lags.Count * 95 / 100];
        if (TortureSize.JudgesTime)
            promise.Check(p95 < MostMilliseconds, $"the other readers' p95 lag is {p95:0.0} ms");
        Settle(
            promise, following.Unread, before.Size, following.Size,
            $"{TortureSize.StalledFor.TotalSeconds:0} s of a fast run; lag of {NormalReaders} other readers in {lags.Count:N0} tokens: median {median:0.0} ms, p95 {p95:0.0} ms");
    }

    [Fact]
    public async Task Stall_ManyReadersOfARunThatHasEnded_CostsLittleMemory()
    {
        await using var installation = await Installation.CreateAsync();
        var server = await installation.StartServerAsync();
        using var deadline = new CancellationTokenSource(Limit);
        installation.Provider.Script("flood", s => s.TextFrom(FloodAsync).Finish());
        string run = (await SendAsync(installation, server, new { input = "x", model = "p/flood" }, deadline.Token)).GetProperty("id").GetString()!;

        await ReplayAsync(new Promise("stalled readers, ended run"), installation, server, run, deadline.Token);
    }

    [Fact]
    public async Task Stall_ManyReadersOfAContinuedAnswer_CostsLittleMemory()
    {
        await using var installation = await Installation.CreateAsync();
        var server = await installation.StartServerAsync();
        using var deadline = new CancellationTokenSource(Limit);
        // What broke off comes at once when it is continued, as much as the log takes.
        var gate = new Gate();
        installation.Provider.Script("broken", s => s.TextFrom(FloodAsync).Error("boom"), s => s.Text("on").Wait(gate).Finish());
        var broken = await SendAsync(installation, server, new { input = "x", model = "p/broken" }, deadline.Token);
        var going = await SendAsync(
            installation, server,
            new { conversation_id = broken.GetProperty("conversation_id"), parent_message_id = broken.GetProperty("message_id"), model = "p/broken", background = true },
            deadline.Token);
        await gate.Reached.WaitAsync(deadline.Token);

        await ReplayAsync(
            new Promise("stalled readers, continued answer"), installation, server, going.GetProperty("run_id").GetString()!, deadline.Token, afterwards: gate.Open);
    }

    /// <summary>Rounds of readers that go through what a run has, without stalled ones and then with them.</summary>
    private static async Task ReplayAsync(
        Promise promise, Installation installation, ServerProcess server, string run, CancellationToken cancellationToken, Action? afterwards = null)
    {
        var size = new ServerSize(server);
        for (int i = 0; i <= WarmUps; i++)
        {
            size = new ServerSize(server);
            await RoundAsync(size);
        }
        using var stalled = new StalledReaders(installation, server);
        var sizeWith = new ServerSize(server);
        await stalled.ConnectAsync(run, TortureSize.StalledReaders, cancellationToken);
        await RoundAsync(sizeWith);
        int unread = stalled.Unread;
        afterwards?.Invoke();
        Settle(promise, unread, size, sizeWith, $"{FloodTokens * FloodTokenChars / (1024 * 1024)} MB each, {NormalReaders} others read it {ReplaysPerRound} times");

        async Task RoundAsync(ServerSize measured)
        {
            for (int i = 0; i < ReplaysPerRound; i++)
            {
                int chars = 0;
                using var through = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var readers = Enumerable.Range(0, NormalReaders).Select(_ => new RawRunClient(installation.Key)
                {
                    RunId = run,
                    OnFrame = frame =>
                    {
                        if (RawRunClient.EventOf(frame) != "block.delta")
                            return;
                        if (RawRunClient.IdOf(frame) % 50 == 0)
                            measured.Measure();
                        if (Interlocked.Add(ref chars, RawRunClient.TextOf([frame]).Length) >= NormalReaders * FloodTokens * FloodTokenChars)
                            through.Cancel();
                    },
                }).ToList();
                // A run that goes on has no end to wait for.
                await Task.WhenAll(readers.Select(async r =>
                {
                    try
                    {
                        await r.ResumeAsync(server.Address, through.Token);
                    }
                    catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                    {
                    }
                }));
                measured.Measure();
                promise.Check(chars >= NormalReaders * FloodTokens * FloodTokenChars, $"readers missed something: {chars} characters");
            }
        }
    }

    private const int ReplaysPerRound = 3;

    private static void Settle(Promise promise, int unread, ServerSize before, ServerSize with, FormattableString what)
    {
        double growth = (with.Peak - before.Peak) / (1024.0 * 1024.0);
        promise.Check(unread == TortureSize.StalledReaders, $"only {unread} readers stalled");
        promise.Check(growth < MostMegabytes, $"the server grew by {growth:0.0} MB");
        promise.Settle($"{unread} cost {growth:0.0} MB over {before.Peak / (1024 * 1024)} MB; {FormattableString.Invariant(what)}");
    }

    private static async Task<JsonElement> SendAsync(Installation installation, ServerProcess server, object body, CancellationToken cancellationToken)
    {
        using var client = installation.CreateClient(server);
        client.Timeout = Limit;
        using var response = await client.PostAsJsonAsync("/api/runs", body, cancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

#pragma warning disable CS1998 // a script's text comes asynchronously
    private static async IAsyncEnumerable<string> FloodAsync([EnumeratorCancellation] CancellationToken cancellationToken)
#pragma warning restore CS1998
    {
        for (int i = 0; i < FloodTokens; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return FloodToken;
        }
    }

    /// <summary>One run that is first fast and then steady, with its readers.</summary>
    private sealed class Following(Installation installation, ServerProcess server, Promise promise, int stalled, TimeSpan lasting)
    {
        private readonly TaskCompletionSource<string> _runId = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _flooded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _afterTheFlood;

        /// <summary>Milliseconds from the provider's sending to a reader's receiving, of each token and reader.</summary>
        public List<double> Lags { get; } = [];

        public ServerSize Size { get; } = new(server);

        /// <summary>How many connections hold something that nobody has read.</summary>
        public int Unread { get; private set; }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            installation.Provider.Script("paced", s => s.TextFrom(AnswerAsync).Finish());
            var readers = Enumerable.Range(0, NormalReaders).Select(Reader).ToArray();
            var following = new List<Task> { readers[0].StartAsync(server.Address, new { input = "x", model = "p/paced", stream = true }, cancellationToken) };
            string run = await _runId.Task.WaitAsync(cancellationToken);
            using var sockets = new StalledReaders(installation, server);
            await sockets.ConnectAsync(run, stalled, cancellationToken);
            foreach (var reader in readers.Skip(1))
            {
                reader.RunId = run;
                following.Add(reader.ResumeAsync(server.Address, cancellationToken));
            }
            await Task.WhenAll(following);
            Size.Measure();
            promise.Check(readers.All(r => r.IsDone && r.Frames.SequenceEqual(readers[0].Frames)), $"a reader beside {stalled} stalled ones missed something");
            Unread = sockets.Unread;
        }

        private RawRunClient Reader(int number)
        {
            int chars = 0;
            return new RawRunClient(installation.Key)
            {
                OnFrame = frame =>
                {
                    long now = Stopwatch.GetTimestamp();
                    if (RawRunClient.EventOf(frame) == "run.started")
                        _runId.TrySetResult(RawRunClient.DataOf(frame).GetProperty("run_id").GetString()!);
                    if (RawRunClient.EventOf(frame) != "block.delta")
                        return;
                    string text = RawRunClient.TextOf([frame]);
                    if (chars >= FloodTokens * FloodTokenChars)
                        TakeLags(text, now);
                    else if ((chars += text.Length) >= FloodTokens * FloodTokenChars && Interlocked.Increment(ref _afterTheFlood) == NormalReaders)
                        _flooded.SetResult();
                    if (number == 0 && RawRunClient.IdOf(frame) % 50 == 0)
                        Size.Measure();
                },
            };
        }

        private void TakeLags(string text, long now)
        {
            lock (Lags)
            {
                foreach (string sent in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    Lags.Add(Stopwatch.GetElapsedTime(long.Parse(sent, CultureInfo.InvariantCulture), now).TotalMilliseconds);
            }
        }

        /// <summary>A flood, and when the readers are through it, tokens that say when they were sent, at a pace that is fast for a model.</summary>
        private async IAsyncEnumerable<string> AnswerAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (string token in FloodAsync(cancellationToken))
                yield return token;
            await _flooded.Task.WaitAsync(cancellationToken);
            long began = Stopwatch.GetTimestamp();
            using var timer = new PeriodicTimer(TokenEvery);
            while (Stopwatch.GetElapsedTime(began) < lasting && await timer.WaitForNextTickAsync(cancellationToken))
                yield return $" {Stopwatch.GetTimestamp()}";
        }
    }
}
