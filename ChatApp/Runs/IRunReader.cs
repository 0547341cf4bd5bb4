namespace ChatApp.Runs;

/// <summary>The one way to watch a run: browser, every SSE dialect and other nodes.</summary>
public interface IRunReader
{
    /// <summary>
    /// Replays the events after <paramref name="afterSeq"/> and follows the run until its terminal event, which is the last
    /// one given. A slow reader holds up nobody; cancelling stops the reading, never the run. The caller has checked that
    /// the person may see this run.
    /// </summary>
    /// <param name="afterSeq">The last seq already seen; 0 for all.</param>
    /// <param name="idleAfter">Where set, <see cref="RunEvent.Idle"/> is given each time nothing has happened for so long.</param>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    IAsyncEnumerable<RunEvent> ReadAsync(Guid runId, long afterSeq, TimeSpan? idleAfter = null, CancellationToken cancellationToken = default);
}
