using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>Readers that connect and never read, beside others that do.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class StalledReaderTests
{
    private const int NormalReaders = 10;
    private const double MostMilliseconds = 100;

    // Readers that were buffered for would take 260 MB. Beside other work the collector's slack alone can be 70.
    private static readonly double MostMegabytes = TortureSize.JudgesTime ? 50 : 150;
    private static readonly TimeSpan TokenEvery = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

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

        // Twice the same: first without them, so that what any such run costs is there already.
        await new Following(installation, server, promise, stalled: 0).RunAsync(deadline.Token);
        long before = server.ResidentBytes;
        var following = new Following(installation, server, promise, TortureSize.StalledReaders);
        await following.RunAsync(deadline.Token);

        var lags = following.Lags;
        lags.Sort();
        double growth = (following.Peak - before) / (1024.0 * 1024.0);
        double median = lags[lags.Count / 2], p95 = lags[lags.Count * 95 / 100];
        promise.Check(following.Unread == TortureSize.StalledReaders, $"only {following.Unread} readers stalled");
        promise.Check(growth < MostMegabytes, $"the server grew by {growth:0.0} MB");
        if (TortureSize.JudgesTime)
            promise.Check(p95 < MostMilliseconds, $"the other readers' p95 lag is {p95:0.0} ms");
        promise.Settle(
            $"{following.Unread} for {TortureSize.StalledFor.TotalSeconds:0} s, the server grew by {growth:0.0} MB over {before / (1024 * 1024)} MB, lag of {NormalReaders} other readers in {lags.Count:N0} tokens: median {median:0.0} ms, p95 {p95:0.0} ms");
    }

    /// <summary>One run that is first fast and then steady, with its readers.</summary>
    private sealed class Following(Installation installation, ServerProcess server, Promise promise, int stalled)
    {
        private readonly TaskCompletionSource<string> _runId = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _flooded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _afterTheFlood;

        /// <summary>Milliseconds from the provider's sending to a reader's receiving, of each token and reader.</summary>
        public List<double> Lags { get; } = [];

        /// <summary>The server's largest resident size that was seen, in bytes.</summary>
        public long Peak { get; private set; }

        /// <summary>How many connections hold something that nobody has read.</summary>
        public int Unread { get; private set; }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            installation.Provider.Script("paced", s => s.TextFrom(AnswerAsync).Finish());
            var readers = Enumerable.Range(0, NormalReaders).Select(Reader).ToArray();
            var following = new List<Task> { readers[0].StartAsync(server.Address, new { input = "x", model = "p/paced", stream = true }, cancellationToken) };
            string run = await _runId.Task.WaitAsync(cancellationToken);
            var sockets = new List<Socket>();
            try
            {
                for (int i = 0; i < stalled; i++)
                    sockets.Add(await StallAsync(run, cancellationToken));
                foreach (var reader in readers.Skip(1))
                {
                    reader.RunId = run;
                    following.Add(reader.ResumeAsync(server.Address, cancellationToken));
                }
                await Task.WhenAll(following);
                Measure();
                promise.Check(readers.All(r => r.IsDone && r.Frames.SequenceEqual(readers[0].Frames)), $"a reader beside {stalled} stalled ones missed something");
                Unread = sockets.Count(s => s.Available > 0);
            }
            finally
            {
                sockets.ForEach(s => s.Dispose());
            }
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
                        Measure();
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

        private void Measure() => Peak = Math.Max(Peak, server.ResidentBytes);

        private async Task<Socket> StallAsync(string run, CancellationToken cancellationToken)
        {
            // The smallest that the system gives.
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };
            await socket.ConnectAsync(server.Address.Host, server.Address.Port, cancellationToken);
            await socket.SendAsync(RawRunClient.EventsRequest(server.Address, run, installation.Key), cancellationToken);
            return socket;
        }

        /// <summary>A flood, and when the readers are through it, tokens that say when they were sent, at a pace that is fast for a model.</summary>
        private async IAsyncEnumerable<string> AnswerAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (int i = 0; i < FloodTokens; i++)
                yield return FloodToken;
            await _flooded.Task.WaitAsync(cancellationToken);
            long began = Stopwatch.GetTimestamp();
            using var timer = new PeriodicTimer(TokenEvery);
            while (Stopwatch.GetElapsedTime(began) < TortureSize.StalledFor && await timer.WaitForNextTickAsync(cancellationToken))
                yield return $" {Stopwatch.GetTimestamp()}";
        }
    }
}
