using System.Collections.Concurrent;

namespace ChatApp.Ask;

/// <summary>Lets one at a time do something about a session. An entry stays as long as the process: there is one per session in use.</summary>
internal sealed class AskTurns
{
    private readonly ConcurrentDictionary<Guid, SemaphoreSlim> _turns = new();

    /// <summary>Waits for the turn; disposing what it gives ends it.</summary>
    public async Task<IDisposable> TakeAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(sessionId, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                turn.Release();
        }
    }
}
