namespace ChatApp.Conversations;

/// <summary>The clock of <see cref="SearchIndex"/>: what no search has asked for meanwhile is taken in by and by.</summary>
internal sealed partial class SearchIndexing(SearchIndex index, TimeProvider time, ILogger<SearchIndexing> logger) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(2);

    // Of ten milliseconds one is its own: answers go first.
    private const int RestsPerWork = 9;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
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

    /// <summary>A database that is busy or full for a while must not end the indexing.</summary>
    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            long began = time.GetTimestamp();
            while (await index.IndexNextAsync(null, cancellationToken))
            {
                await Task.Delay(time.GetElapsedTime(began) * RestsPerWork, time, cancellationToken);
                began = time.GetTimestamp();
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Messages could not be put into the search index; it is tried again.")]
    private partial void LogFailed(Exception e);
}
