namespace ChatApp.Runs;

/// <summary>This process's name in the leases of its runs.</summary>
internal sealed class RunLease
{
    /// <summary>Unique per process start.</summary>
    public string Owner { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";

    /// <summary>SQLite is served by one process at a time, so every other owner is a process that has ended.</summary>
    public bool IsOnlyProcess { get; } = true;
}
