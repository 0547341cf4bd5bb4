using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>The clients that apps really use reconnect by themselves, with nothing of ours between them and the wire but cuts.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class EventSourceTests
{
    private static readonly string[] Clients = ["eventsource", "fetch-event-source"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [EventSourceFact]
    public async Task Follow_ThroughCutsAndAKilledServer_HasEveryEventOnce()
    {
        await using var installation = await Installation.CreateAsync();
        var server = await installation.StartServerAsync();
        using var deadline = new CancellationTokenSource(Limit);
        var random = new Random(TortureSize.Seed);
        var promise = new Promise("eventsource");
        // Goes on until the server is killed.
        using var http = installation.CreateClient(server);
        using var response = await http.PostAsJsonAsync("/api/runs", new { input = "/demo tokens=20000 delay=10", background = true }, deadline.Token);
        string run = (await response.Content.ReadFromJsonAsync<JsonElement>(deadline.Token)).GetProperty("run_id").GetString()!;

        var proxies = Clients.Select(_ => new CuttingProxy(
            server.Address, Enumerable.Range(0, TortureSize.EventSourceCuts).Select(_ => random.Next(500, 5_000)).ToArray())).ToArray();
        var following = Clients.Select((client, i) =>
            EventSourceClients.FollowAsync(client, new Uri(proxies[i].Address, $"/api/runs/{run}/events"), installation.Key, deadline.Token)).ToArray();
        await Task.WhenAll(proxies.Select(p => p.AllCut.WaitAsync(deadline.Token)));
        await server.KillAsync();
        var next = await installation.StartServerAsync();
        foreach (var proxy in proxies)
            proxy.Target = next.Address;
        var received = await Task.WhenAll(following);

        var replay = new RawRunClient(installation.Key) { RunId = run };
        await replay.ResumeAsync(next.Address, deadline.Token);
        for (int i = 0; i < Clients.Length; i++)
        {
            int missing = replay.Frames.Except(received[i]).Count(), repeated = received[i].Count - received[i].Distinct().Count();
            promise.Check(received[i].SequenceEqual(replay.Frames), $"{Clients[i]}: of {replay.Frames.Count} events {missing} are missing, {repeated} came twice");
        }
        foreach (var proxy in proxies)
            await proxy.DisposeAsync();
        string clients = string.Join(" and ", Clients);
        promise.Settle(
            $"{clients}, {proxies.Sum(p => p.Cuts)} cuts and a kill, {received.Sum(r => r.Count):N0} events received, {replay.Frames.Count:N0} in the log");
    }
}
