namespace ChatApp.Runs.Log;

/// <summary>The run can't be stored any more: it was deleted, or the database takes nothing for too long.</summary>
public sealed class RunLostException(Guid runId, Exception reason) : IOException($"Run {runId} can't be stored.", reason);
