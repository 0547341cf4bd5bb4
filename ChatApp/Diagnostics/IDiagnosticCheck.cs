namespace ChatApp.Diagnostics;

/// <summary>One thing that can be wrong with an installation. Looks only; changes nothing.</summary>
public interface IDiagnosticCheck
{
    /// <summary>What it belongs to: database, files, accounts, models.</summary>
    string Category { get; }

    string Name { get; }

    /// <summary>Whether it makes sense only where the checks of the category database have passed.</summary>
    bool NeedsDatabase => true;

    /// <summary>Looks. What it throws counts as an error.</summary>
    Task<CheckResult> RunAsync(CancellationToken cancellationToken);
}

public enum DiagnosticStatus
{
    Ok,

    /// <summary>It works, but not as well or as safely as it could.</summary>
    Warning,

    /// <summary>Something does not work until it is fixed.</summary>
    Error,
}

/// <summary>What a check has found.</summary>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Fix">The exact command or page that puts it right; null where all is well.</param>
public sealed record CheckResult(DiagnosticStatus Status, string Message, string? Fix = null)
{
    public static CheckResult Ok(string message) => new(DiagnosticStatus.Ok, message);

    public static CheckResult Warning(string message, string fix) => new(DiagnosticStatus.Warning, message, fix);

    public static CheckResult Error(string message, string fix) => new(DiagnosticStatus.Error, message, fix);
}
