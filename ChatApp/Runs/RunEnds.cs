using ChatApp.Data;
using ChatApp.Identity;
using ChatApp.Runs.Log;

namespace ChatApp.Runs;

/// <summary>Waits for the ends of runs.</summary>
internal sealed class RunEnds(IRunReader reader, RunViews runs)
{
    /// <summary>Waits until the run has ended; cancelling stops the waiting, never the run.</summary>
    /// <returns>The run as it ended; null when the caller has no such run, or it vanished with its conversation.</returns>
    /// <exception cref="RequestProblem">503: its end could not be stored.</exception>
    public async Task<RunView?> WaitAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in reader.ReadAsync(id, 0, cancellationToken: cancellationToken))
            {
                // Only its end matters here.
            }
        }
        catch (Exception e) when (e is RunLostException or KeyNotFoundException)
        {
            // What is stored says whether it was deleted, with its conversation, or has no end yet.
        }
        var run = await runs.FindAsync(caller, id, cancellationToken);
        return run is not { FinishedAt: null }
            ? run
            : throw new RequestProblem(503, "storage_unavailable", "The end of the answer could not be stored. Read it later, or try again.") { RetryAfter = TimeSpan.FromSeconds(5) };
    }
}
