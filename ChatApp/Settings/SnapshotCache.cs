namespace ChatApp.Settings;

/// <summary>
/// Settings that are read at every request, held in memory. A snapshot is at most two seconds old, so what another process
/// changes is seen without a message between them; <see cref="Invalidate"/> shows this process's own changes at once. While
/// it is in use it is renewed ahead of time, so that only the first request after a pause waits for the database.
/// </summary>
/// <param name="load">Reads a new snapshot; never run by two callers at once.</param>
public sealed class SnapshotCache<T>(TimeProvider time, Func<CancellationToken, Task<T>> load) : IDisposable
    where T : class
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RenewalAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RenewalDelay = TimeSpan.FromMilliseconds(100);

    // A flood of unknown names must not become a flood of queries.
    private static readonly TimeSpan MinAge = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _loading = new(1);
    private readonly CancellationTokenSource _disposed = new();
    private Entry? _entry;
    private int _version;

    /// <summary>The snapshot, without waiting, where it is fresh; else null.</summary>
    public T? Fresh
    {
        get
        {
            if (_entry is not { } entry || !IsYounger(entry, MaxAge))
                return null;
            if (!IsYounger(entry, RenewalAge) && entry.TryClaimRenewal())
                _ = Task.Run(RenewAsync);
            return entry.Value;
        }
    }

    /// <summary>The snapshot, loaded anew where it is too old.</summary>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken) =>
        Fresh is { } value ? ValueTask.FromResult(value) : new ValueTask<T>(LoadAsync(MaxAge, cancellationToken));

    /// <summary>For a name that the fresh snapshot does not have: a newer one, unless this one is younger than 250 ms.</summary>
    public Task<T> GetNewerAsync(CancellationToken cancellationToken) => LoadAsync(MinAge, cancellationToken);

    /// <summary>This process has changed what the snapshot shows.</summary>
    public void Invalidate() => Interlocked.Increment(ref _version);

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
        _loading.Dispose();
    }

    /// <summary>Whoever needs the snapshot next meets its failure, if the database still has one.</summary>
    private async Task RenewAsync()
    {
        try
        {
            // The request that noticed comes first, also on a single core.
            await Task.Delay(RenewalDelay, time, _disposed.Token);
            await LoadAsync(RenewalAge, _disposed.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
        }
    }

    private async Task<T> LoadAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            if (_entry is { } entry && IsYounger(entry, maxAge))
                return entry.Value;
            // Both taken before the query: a change in the middle of it leaves a snapshot that is already outdated.
            int version = Volatile.Read(ref _version);
            var now = time.GetUtcNow();
            var value = await load(cancellationToken);
            _entry = new Entry(value, now, version);
            return value;
        }
        finally
        {
            _loading.Release();
        }
    }

    // A clock that was set back makes a snapshot old, not young for ever.
    private bool IsYounger(Entry entry, TimeSpan age) =>
        entry.Version == Volatile.Read(ref _version) && (time.GetUtcNow() - entry.At).Duration() < age;

    private sealed record Entry(T Value, DateTimeOffset At, int Version)
    {
        private int _renewals;

        public bool TryClaimRenewal() => Interlocked.Exchange(ref _renewals, 1) == 0;
    }
}
