namespace ChatApp.Files;

/// <summary>The clock of <see cref="ConversationFiles.PurgeAsync"/>.</summary>
internal sealed partial class FileHousekeeping(ConversationFiles files, TimeProvider time, ILogger<FileHousekeeping> logger) : BackgroundService
{
    // It looks at all files.
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    /// <summary>A database that is busy or full for a while must not end the housekeeping.</summary>
    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await files.PurgeAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unused files could not be purged; it is tried again.")]
    private partial void LogFailed(Exception e);
}
