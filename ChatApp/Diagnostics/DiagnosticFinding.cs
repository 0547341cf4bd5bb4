namespace ChatApp.Diagnostics;

public enum DiagnosticStatus
{
    Ok,

    /// <summary>It works, but somebody should look.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Error,
}

/// <summary>What one check found.</summary>
/// <param name="Category">database, accounts, models or system.</param>
/// <param name="Message">What is so, in one sentence.</param>
/// <param name="Fix">The command or page that mends it; null where nothing is to mend.</param>
public sealed record DiagnosticFinding(string Category, string Name, DiagnosticStatus Status, string Message, string? Fix = null);

/// <summary>One thing that an installation needs.</summary>
internal interface IDiagnosticCheck
{
    string Category { get; }

    string Name { get; }

    Task<(DiagnosticStatus Status, string Message, string? Fix)> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>Runs all checks, for the doctor. A check that throws is a failed check.</summary>
internal sealed partial class DiagnosticRunner(IEnumerable<IDiagnosticCheck> checks, ILogger<DiagnosticRunner> logger)
{
    public async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<DiagnosticFinding>();
        foreach (var check in checks)
        {
            try
            {
                var (status, message, fix) = await check.CheckAsync(cancellationToken);
                findings.Add(new DiagnosticFinding(check.Category, check.Name, status, message, fix));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(check.Name, e);
                findings.Add(new DiagnosticFinding(check.Category, check.Name, DiagnosticStatus.Error, $"The check failed: {e.Message}", "Look into the server's log."));
            }
        }
        return findings;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The check {Name} failed.")]
    private partial void LogFailed(string name, Exception e);
}
