using ChatApp.Data;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>
/// The clock of the run engine: ends orphaned runs at start-up and periodically, stops those whose provider
/// is silent, deletes what has expired, and lets the runs finish when the process is told to end.
/// </summary>
internal sealed partial class RunHousekeeping(
    RunReaper reaper, RunRetention retention, RunExecutor executor, RunSlots slots, RunLogWriter writer, RunRegistry registry, RunLease lease,
    IDbContextFactory<ChatDbContext> databases, IOptions<RunOptions> options, TimeProvider time, ILogger<RunHousekeeping> logger)
    : BackgroundService, IHostedLifecycleService
{
    private readonly RunOptions _options = options.Value;
    private bool _hasReaped, _waitsToReap;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReapFirstAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        long lastReap = time.GetTimestamp();
        long? lastTrim = null;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                executor.StopIdle();
                if (!_hasReaped)
                    await TryAsync(ReapFirstAsync, stoppingToken);
                if (!registry.IsEmpty)
                    await TryAsync(StopCancelledAsync, stoppingToken);
                if (lastTrim == null || time.GetElapsedTime(lastTrim.Value) > TrimInterval)
                {
                    lastTrim = time.GetTimestamp();
                    await TryAsync(retention.TrimAsync, stoppingToken);
                }
                if (time.GetElapsedTime(lastReap) < _options.Lease / 3)
                    continue;
                lastReap = time.GetTimestamp();
                await TryAsync(reaper.ReapAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    /// <summary>
    /// Comes before anything stops, the web server included: new runs are refused, those under way have a while to finish,
    /// and every stream gets its terminal event.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var ended = slots.CloseAsync();
        writer.BeginStop();
        await executor.DrainAsync(ended, _options.DrainTimeout);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static readonly TimeSpan TrimInterval = TimeSpan.FromHours(1);

    /// <summary>What is stored can be read while the database takes nothing: that must not keep the server from starting.</summary>
    private async Task ReapFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            await reaper.ReapAsync(cancellationToken);
            await reaper.EndCallsAsync(cancellationToken);
            _hasReaped = true;
        }
        catch (Exception e) when (StorageFaults.IsUnavailable(e))
        {
            if (!_waitsToReap)
                LogFailed(e);
            _waitsToReap = true;
        }
    }

    /// <summary>Stops the runs that were cancelled through another process.</summary>
    private async Task StopCancelledAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var cancelled = await db.Runs.Where(r => r.LeaseOwner == lease.Owner && r.CancelRequestedAt != null).Select(r => r.Id).ToListAsync(cancellationToken);
        foreach (var id in cancelled)
            executor.Stop(id, RunStop.Cancelled);
    }

    /// <summary>A database that is busy or full for a while must not end the housekeeping.</summary>
    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Ending orphaned runs, stopping cancelled ones or deleting expired events failed; it is tried again.")]
    private partial void LogFailed(Exception e);
}
