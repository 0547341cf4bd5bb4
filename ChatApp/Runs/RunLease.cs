namespace ChatApp.Runs;

/// <summary>This process's name in the leases of its runs.</summary>
internal sealed class RunLease
{
    /// <summary>Unique per process start.</summary>
    public string Owner { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";
}
