using System.Collections.Concurrent;
using ChatApp.Data;
using ChatApp.Identity;

namespace ChatApp.Transfer;

/// <summary>
/// Whose turn it is to import. A person has one import at a time, from the first byte that is received: it keeps a large file on the
/// disk. Of all people two files at a time are read: each keeps a conversation in memory and writes a lot.
/// </summary>
internal sealed class ImportTurns : IDisposable
{
    /// <summary>Files that are read at a time. Two, so that a short one need not wait for a very long one.</summary>
    internal const int AtOnce = 2;

    private readonly ConcurrentDictionary<Guid, byte> _people = new();
    private readonly SemaphoreSlim _reading = new(AtOnce);

    /// <summary>The person's turn, until it is disposed of.</summary>
    /// <exception cref="RequestProblem">409: another import of the person is going on.</exception>
    public IDisposable Take(CurrentUser caller) => _people.TryAdd(caller.Id, 0)
        ? new Turn(() => _people.TryRemove(caller.Id, out _))
        : throw new RequestProblem(409, "import_in_progress", "Another import of yours is going on. Wait until it has ended.");

    /// <summary>Waits until the file can be read. Only for a file that is here already: a slow client must not keep everybody waiting.</summary>
    public async Task<IDisposable> WaitAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        return new Turn(() => _reading.Release());
    }

    public void Dispose() => _reading.Dispose();

    private sealed class Turn(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
