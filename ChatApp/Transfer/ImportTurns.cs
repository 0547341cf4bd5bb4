using System.Collections.Concurrent;
using ChatApp.Data;
using ChatApp.Identity;

namespace ChatApp.Transfer;

/// <summary>
/// Whose turn it is to import. A person has one import at a time, from the first byte that is received: it keeps a large file on the
/// disk. Of all people one file at a time is read: it keeps a conversation in memory and writes a lot.
/// </summary>
internal sealed class ImportTurns
{
    private readonly ConcurrentDictionary<Guid, byte> _people = new();
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>The person's turn, until it is disposed of.</summary>
    /// <exception cref="RequestProblem">409: another import of the person is going on.</exception>
    public IDisposable Take(CurrentUser caller) => _people.TryAdd(caller.Id, 0)
        ? new Turn(() => _people.TryRemove(caller.Id, out _))
        : throw new RequestProblem(409, "import_in_progress", "Another import of yours is going on. Wait until it has ended.");

    /// <summary>Waits until nobody else's file is read. Only for a file that is here already: a slow client must not keep everybody waiting.</summary>
    public async Task<IDisposable> WaitAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        return new Turn(() => _reading.Release());
    }

    private sealed class Turn(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
