using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>SIGTERM in mid-stream.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class TerminationTests
{
    private const int Streams = 8, Events = 400, Senders = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Terminate_InMidStream_EndsEveryStreamWithDoneAndTheProcessWithSuccess()
    {
        await using var installation = await Installation.CreateAsync();
        installation.Provider.Script("hang", s => s.Text("seen").Hang());
        installation.Provider.Script("short", s => s.Text("An ").Text("answer.").Finish());
        var server = await installation.StartServerAsync();
        using var deadline = new CancellationTokenSource(Limit);
        var promise = new Promise("termination");
        int seen = 0, begun = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Enumerable.Range(0, Streams).Select(_ =>
        {
            bool hasBegun = false;
            return new RawRunClient(installation.Key)
            {
                OnFrame = _ =>
                {
                    // One that has not begun would be refused, and told no end.
                    if (!hasBegun)
                        Interlocked.Increment(ref begun);
                    hasBegun = true;
                    if (Interlocked.Increment(ref seen) >= Events && Volatile.Read(ref begun) == Streams)
                        enough.TrySetResult();
                },
            };
        }).ToArray();
        var streams = clients.Select((client, i) => client.StartAsync(
            server.Address, i == 0 ? new { input = "x", model = "p/hang", stream = true } : new { input = "/demo tokens=20000 delay=5", model = "demo/docs", stream = true },
            deadline.Token)).ToArray();
        var senders = Enumerable.Range(0, Senders).Select(i => SendUntilRefusedAsync(installation, server, i, deadline.Token)).ToArray();
        await enough.Task.WaitAsync(deadline.Token);

        var began = System.Diagnostics.Stopwatch.StartNew();
        int exitCode = await server.TerminateAsync(Limit);
        var took = began.Elapsed;
        await Task.WhenAll(streams);
        var acknowledged = (await Task.WhenAll(senders)).SelectMany(s => s).ToList();

        promise.Check(acknowledged.Count > 0, $"nothing was sent while the process ended");
        promise.Check(exitCode == 0, $"the exit code is {exitCode}");
        promise.Check(server.Log.All(l => !l.StartsWith("fail:", StringComparison.Ordinal)), $"the log has errors:\n{string.Join('\n', server.Log)}");
        var next = await installation.StartServerAsync();
        promise.Check(next.Log.All(l => !l.Contains("was interrupted by", StringComparison.Ordinal)), $"a run was left without an end:\n{string.Join('\n', next.Log)}");
        using var http = installation.CreateClient(next);
        foreach (string run in acknowledged)
        {
            using var answer = await http.GetAsync($"/api/runs/{run}", deadline.Token);
            string? ended = answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>(deadline.Token)).GetProperty("status").GetString() : null;
            promise.Check(ended is "completed" or "interrupted", $"run {run}, sent while the process ended, is {ended ?? answer.StatusCode.ToString()}");
        }
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
        promise.Settle($"{Streams} streams, {seen:N0} seen events, all ended with done, {acknowledged.Count} sends until then acknowledged and ended, exit code {exitCode} after {took.TotalSeconds:0.0} s");
    }
    /// <summary>Sends one message after the other, also while the process ends.</summary>
    /// <returns>The runs of those that were acknowledged.</returns>
    private static async Task<List<string>> SendUntilRefusedAsync(Installation installation, ServerProcess server, int sender, CancellationToken cancellationToken)
    {
        using var http = installation.CreateClient(server);
        var acknowledged = new List<string>();
        try
        {
            while (true)
            {
                using var response = await http.PostAsJsonAsync(
                    "/api/runs", new { input = $"{sender}.{acknowledged.Count}", model = "p/short", background = true }, cancellationToken);
                if (response.StatusCode != HttpStatusCode.Accepted)
                    return acknowledged;
                acknowledged.Add((await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("run_id").GetString()!);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return acknowledged;
        }
    }
}
