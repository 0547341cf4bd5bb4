namespace ChatApp.Data;

/// <summary>Work on the database that is done every so often, as long as the server runs.</summary>
internal abstract partial class PeriodicWork(TimeSpan interval, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>For the log, where it is what "could not be finished".</summary>
    protected abstract string Name { get; }

    protected abstract Task WorkAsync(CancellationToken cancellationToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends. What waits still waits at its next start.
        }
    }

    // A database that is busy or full for a while must not end it.
    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WorkAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(logger, e, Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Work} could not be finished; it is tried again.")]
    private static partial void LogFailed(ILogger logger, Exception e, string work);
}
