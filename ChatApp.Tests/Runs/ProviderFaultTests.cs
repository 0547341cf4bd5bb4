using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>
/// Whatever a provider does, on either wire, the run ends as what it is: an answer that broke off is never completed, what
/// came before is kept, the person reads a sentence, and a replay is the live stream to the byte.
/// </summary>
public sealed class ProviderFaultTests(ProviderFaultApp app) : IClassFixture<ProviderFaultApp>
{
    private readonly ProviderFaultRuns _faults = new(app);

    public static TheoryData<string> Wires => [.. ProviderFaultRuns.Wires];

    public static TheoryData<string, string> AllCases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string name in FaultCases.Names)
            {
                foreach (string wire in ProviderFaultRuns.Wires)
                    data.Add(wire, name);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(AllCases))]
    public Task Run_ProviderDoesThis_EndsAsThat(string wire, string name) => _faults.CaseAsync(wire, name);

    [Theory]
    [MemberData(nameof(Wires))]
    public Task Run_ProviderFallsSilent_TimesOutAndHangsUp(string wire) => _faults.SilenceAsync(wire);

    [Theory]
    [MemberData(nameof(Wires))]
    public Task Run_ProviderFallsSilentBehindItsFinishReason_IsComplete(string wire) => _faults.SilenceWhenFinishedAsync(wire);

    [Theory]
    [MemberData(nameof(Wires))]
    public Task Run_ProviderNeverStops_IsCutAtTheLimit(string wire) => _faults.EndlessTextAsync(wire);

    [Theory]
    [MemberData(nameof(Wires))]
    public Task Run_ToolCallNeverStops_IsCutAtTheLimit(string wire) => _faults.EndlessToolCallAsync(wire);
}
