namespace ChatApp.Diagnostics;

/// <summary>Runs the checks in their order. One that throws is one that has failed.</summary>
public sealed class DiagnosticRunner(IEnumerable<IDiagnosticCheck> checks)
{
    internal const string DatabaseCategory = "database";

    public async Task<DiagnosticReport> RunAsync(CancellationToken cancellationToken)
    {
        var entries = new List<DiagnosticEntry>();
        bool hasDatabase = true;
        foreach (var check in checks)
        {
            // Without a database they could only repeat that there is none.
            if (check.NeedsDatabase && !hasDatabase)
                continue;
            var result = await RunAsync(check, cancellationToken);
            entries.Add(new DiagnosticEntry(check.Category, check.Name, result.Status, result.Message, result.Fix));
            hasDatabase &= check.Category != DatabaseCategory || result.Status != DiagnosticStatus.Error;
        }
        return new DiagnosticReport(entries.TrueForAll(e => e.Status != DiagnosticStatus.Error), entries);
    }

    private static async Task<CheckResult> RunAsync(IDiagnosticCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return CheckResult.Error($"The check failed: {e.Message}", $"Put right what the message names, then run {CommandText.For("doctor")} again.");
        }
    }
}
