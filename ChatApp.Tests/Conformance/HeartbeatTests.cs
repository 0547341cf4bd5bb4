using System.Text;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>While a model is silent, every contract's connection is kept alive by comments, which its clients do not see.</summary>
public sealed class HeartbeatTests(HeartbeatTests.QuickHeartbeat app) : IClassFixture<HeartbeatTests.QuickHeartbeat>
{
    public sealed class QuickHeartbeat : IAsyncLifetime
    {
        public RunHarness Runs { get; private set; } = null!;

        public async Task InitializeAsync() => Runs = await TraceApps.StartAsync([("Runs:Heartbeat", "00:00:00.050")]);

        public Task DisposeAsync() => Runs.DisposeAsync().AsTask();
    }

    public static TheoryData<string> Contracts => [.. Contract.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Stream_SilentProvider_HasCommentsOnly(string name)
    {
        var (contract, runs) = (Contract.Of(name), app.Runs);
        var (caller, client) = await runs.App.CreateCallerAsync();
        using var own = client;
        var gate = new Gate();
        runs.Provider.Script("trace", s => s.Text("Hel").Wait(gate).Text("lo").Finish());
        var call = await contract.OpenAsync(runs.App, caller, client);
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path)
        {
            Content = call.Body == null ? null : new StringContent(call.Body, Encoding.UTF8, "application/json"),
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();

        string text = await SseText.ReadToAsync(body, ": keep-alive\n\n: keep-alive\n\n");
        gate.Open();
        text = await SseText.ReadToAsync(body, null, text);

        string[] frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(frames, f => Assert.True(f is ": open" or ": keep-alive" || f.Contains("data: ", StringComparison.Ordinal), f));
        var answer = frames.SelectMany(f => f.Split('\n')).Where(l => l.StartsWith("data: ", StringComparison.Ordinal))
            .Aggregate(ContractAnswer.None, (a, line) => a.With(contract.Read(line[6..])));
        Assert.Equal(("Hello", true), (answer.Text, answer.Done));
    }
}
