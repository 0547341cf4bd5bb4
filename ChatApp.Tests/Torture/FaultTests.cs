using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>Everything that a provider can do wrong, all of it at once and on both wires.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class FaultTests(ProviderFaultApp app) : IClassFixture<ProviderFaultApp>
{
    [Fact]
    public async Task Fault_AllOfThemOnBothWires_EndAsWhatTheyAre()
    {
        var promise = new Promise("faults");
        var faults = new ProviderFaultRuns(app);
        var atOnce = new List<Task<bool>>();
        foreach (string wire in ProviderFaultRuns.Wires)
        {
            atOnce.AddRange(FaultCases.Names.Select(name => IsRightAsync(promise, $"{name} ({wire})", faults.CaseAsync(wire, name))));
            atOnce.Add(IsRightAsync(promise, $"endless text ({wire})", faults.EndlessTextAsync(wire)));
            atOnce.Add(IsRightAsync(promise, $"endless tool call ({wire})", faults.EndlessToolCallAsync(wire)));
        }
        var right = (await Task.WhenAll(atOnce)).ToList();
        // One after the other: they move the clock that all of them live by.
        foreach (string wire in ProviderFaultRuns.Wires)
        {
            right.Add(await IsRightAsync(promise, $"silence ({wire})", faults.SilenceAsync(wire)));
            right.Add(await IsRightAsync(promise, $"silence behind the finish reason ({wire})", faults.SilenceWhenFinishedAsync(wire)));
        }
        promise.Check(faults.FalselyComplete == 0, $"{faults.FalselyComplete} answers that broke off pass for complete");
        promise.Settle($"{right.Count} faults, {right.Count(r => r)} right, {faults.FalselyComplete} falsely complete");
    }

    private static async Task<bool> IsRightAsync(Promise promise, string fault, Task run)
    {
        try
        {
            await run;
            return true;
        }
        // Whatever it is, the other faults are told as well.
        catch (Exception e)
        {
            return promise.Check(false, $"{fault}: {e.Message}");
        }
    }
}
