using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>A cut is how two of the contracts say that an answer failed, not a fault of the server.</summary>
public sealed class StreamCutTests
{
    [Theory]
    [InlineData("Agentic")]
    [InlineData("Persona")]
    public async Task Cut_OfAFailedAnswer_IsNoErrorInTheLog(string name)
    {
        var logs = new CapturedLogs();
        await using var runs = await TraceApps.StartAsync([], logs.Install);
        var (caller, client) = await runs.App.CreateCallerAsync();
        using var own = client;
        runs.Provider.Script("trace", s => s.Text("Hel").Error("boom"));
        var contract = Contract.Of(name);
        var call = await contract.OpenAsync(runs.App, caller, client);

        var answer = await ChunkClient.AskAsync(
            contract, call, runs.App.Address, client.DefaultRequestHeaders.Authorization!.Parameter!, null, default);
        await runs.App.StopAsync();

        Assert.True(answer.Cut);
        Assert.Contains(logs.Lines, l => l.StartsWith("Debug ", StringComparison.Ordinal) && l.Contains("StreamCutException", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, l => l.StartsWith("Error ", StringComparison.Ordinal) || l.StartsWith("Critical ", StringComparison.Ordinal));
    }
}
