namespace ChatApp.Components.Shared;

/// <summary>
/// Lets the loads of one content come one after another: of two at once, the one that has read older data may end last, and would
/// take back what the other has shown; nothing would load again until the next change. Used on one dispatcher.
/// </summary>
public sealed class LoadTurns
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs a load when those that were asked for before have ended, however they did.</summary>
    /// <returns>What it gives.</returns>
    /// <exception cref="OperationCanceledException">It was no longer wanted before its turn came.</exception>
    public Task<T> RunAsync<T>(Func<Task<T>> load, CancellationToken cancellationToken)
    {
        var turn = RunAfterAsync(_last, load, cancellationToken);
        _last = turn;
        return turn;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<Task> load, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await load();
        return true;
    }, cancellationToken);

    private static async Task<T> RunAfterAsync<T>(Task before, Func<Task<T>> load, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        cancellationToken.ThrowIfCancellationRequested();
        return await load();
    }
}
