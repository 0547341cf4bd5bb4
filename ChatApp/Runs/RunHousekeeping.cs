using ChatApp.Data;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>
/// The clock of the run engine: ends orphaned runs at start-up and periodically, renews the leases of this process's runs,
/// stops those whose provider is silent, and interrupts all of them when the process is told to end.
/// </summary>
internal sealed partial class RunHousekeeping(
    RunReaper reaper, RunExecutor executor, RunRegistry registry, RunLease lease, IDbContextFactory<ChatDbContext> databases,
    IOptions<RunOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RunHousekeeping> logger) : BackgroundService
{
    private readonly RunOptions _options = options.Value;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await reaper.ReapAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        long lastLease = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token))
            {
                executor.StopIdle();
                if (time.GetElapsedTime(lastLease) < _options.Lease / 3)
                    continue;
                lastLease = time.GetTimestamp();
                await TryAsync(RenewLeasesAsync, ending.Token);
                await TryAsync(reaper.ReapAsync, ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Before the web server waits for its connections: the streams end because their runs do.
            await executor.StopAllAsync(RunStop.Shutdown);
        }
    }

    private async Task RenewLeasesAsync(CancellationToken cancellationToken)
    {
        if (registry.IsEmpty)
            return;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var expires = (time.GetUtcNow() + _options.Lease).UtcDateTime;
        await db.Runs.Where(r => r.LeaseOwner == lease.Owner)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.LeaseExpiresAt, expires), cancellationToken);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Renewing leases or ending orphaned runs failed; it is tried again.")]
    private partial void LogFailed(Exception e);
}
