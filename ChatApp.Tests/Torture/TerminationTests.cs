using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>SIGTERM in mid-stream.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class TerminationTests
{
    private const int Streams = 8, Events = 400;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Terminate_InMidStream_EndsEveryStreamWithDoneAndTheProcessWithSuccess()
    {
        await using var installation = await Installation.CreateAsync();
        installation.Provider.Script("hang", s => s.Text("seen").Hang());
        var server = await installation.StartServerAsync();
        using var deadline = new CancellationTokenSource(Limit);
        var promise = new Promise("termination");
        int seen = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Enumerable.Range(0, Streams).Select(_ => new RawRunClient(installation.Key)
        {
            OnFrame = _ =>
            {
                if (Interlocked.Increment(ref seen) == Events)
                    enough.SetResult();
            },
        }).ToArray();
        var streams = clients.Select((client, i) => client.StartAsync(
            server.Address, i == 0 ? new { input = "x", model = "p/hang", stream = true } : new { input = "/demo tokens=20000 delay=5", model = "demo/docs", stream = true },
            deadline.Token)).ToArray();
        await enough.Task.WaitAsync(deadline.Token);

        var began = System.Diagnostics.Stopwatch.StartNew();
        int exitCode = await server.TerminateAsync(Limit);
        var took = began.Elapsed;
        await Task.WhenAll(streams);

        promise.Check(exitCode == 0, $"the exit code is {exitCode}");
        promise.Check(server.Log.All(l => !l.StartsWith("fail:", StringComparison.Ordinal)), $"the log has errors:\n{string.Join('\n', server.Log)}");
        var next = await installation.StartServerAsync();
        foreach (var client in clients)
        {
            promise.Check(client is { IsDone: true, EndedCleanly: true }, $"run {client.RunId} was not told its end: {client.Frames[^1]}");
            promise.Check(
                RawRunClient.DataOf(client.Frames[^1]).TryGetProperty("status", out var status) && status.GetString() == "interrupted",
                $"run {client.RunId} ended as {client.Frames[^1]}");
            var replay = new RawRunClient(installation.Key) { RunId = client.RunId };
            await replay.ResumeAsync(next.Address, deadline.Token);
            promise.Check(replay.Frames.SequenceEqual(client.Frames), $"the log of run {client.RunId} is not what its client saw");
        }
        promise.Settle($"{Streams} streams, {seen:N0} seen events, all ended with done, exit code {exitCode} after {took.TotalSeconds:0.0} s");
    }
}
