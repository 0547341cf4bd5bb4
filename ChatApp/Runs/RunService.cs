using ChatApp.Identity;

namespace ChatApp.Runs;

/// <summary>Starts, shows and stops runs.</summary>
public sealed class RunService
{
    /// <summary>Stores question, answer's placeholder and run in one transaction and begins executing; returns once that is durable.</summary>
    /// <exception cref="Data.RequestProblem">The request is at fault, or the server can take no more.</exception>
    public Task<StartedRun> StartAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Asks a run to stop; its partial text is kept. True also when it had already ended; false when the caller has no such run.</summary>
    public Task<bool> CancelAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The run, or null when the caller has no such run.</summary>
    public Task<RunView?> FindAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken) => throw new NotImplementedException();
}
