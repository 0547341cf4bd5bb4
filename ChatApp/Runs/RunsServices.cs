using ChatApp.Runs.Log;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

public static class RunsServices
{
    /// <summary>The streaming engine: start, execute, log, read, cancel, reap.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddOptions<RunOptions>().BindConfiguration("Runs")
            .Validate(o => o.MaxInputChars > 0, "Runs:MaxInputChars must be at least 1.")
            .Validate(o => o.MaxFileChars > 0, "Runs:MaxFileChars must be at least 1.")
            .Validate(o => o.MaxImageBytes > 0, "Runs:MaxImageBytes must be at least 1.")
            .Validate(o => o.MaxOutputChars > 0, "Runs:MaxOutputChars must be at least 1.")
            .Validate(o => o.MaxConcurrent > 0, "Runs:MaxConcurrent must be at least 1.")
            .Validate(o => o.MaxConcurrentPerUser > 0, "Runs:MaxConcurrentPerUser must be at least 1.")
            .Validate(o => o.MaxQueued >= 0 && o.MaxQueuedPerUser >= 0, "Runs:MaxQueued and Runs:MaxQueuedPerUser must be at least 0.")
            .Validate(o => o.MaxRetries is >= 0 and <= 10, "Runs:MaxRetries must be between 0 and 10.")
            .Validate(o => o.RetryDelay >= TimeSpan.Zero && o.MaxRetryDelay >= TimeSpan.Zero, "Runs:RetryDelay and Runs:MaxRetryDelay must not be negative.")
            .Validate(o => o.DrainTimeout >= TimeSpan.Zero, "Runs:DrainTimeout must not be negative.")
            .Validate(o => o.EventRetention >= TimeSpan.FromHours(1), "Runs:EventRetention must be at least one hour.")
            .Validate(o => o.KeyRetention >= TimeSpan.FromMinutes(1), "Runs:KeyRetention must be at least one minute.")
            .Validate(
                o => o.EventRetention >= o.KeyRetention,
                "Runs:EventRetention must be at least Runs:KeyRetention: a message that is sent again under its key is answered from the events.")
            .Validate(o => o.MaxStreamAge > TimeSpan.Zero, "Runs:MaxStreamAge must be above zero.")
            .Validate(o => o.IdleTimeout > TimeSpan.Zero, "Runs:IdleTimeout must be above zero.")
            .Validate(o => o.TurnTimeout >= TimeSpan.Zero, "Runs:TurnTimeout must not be negative.")
            .Validate(o => o.Lease >= TimeSpan.FromSeconds(3), "Runs:Lease must be at least 3 seconds.")
            .Validate(o => o.CommitInterval >= TimeSpan.Zero && o.CommitInterval <= TimeSpan.FromSeconds(1), "Runs:CommitInterval must be between 0 and 1 second.")
            .Validate(o => o.StorageTimeout > TimeSpan.Zero, "Runs:StorageTimeout must be above zero.")
            .Validate(o => o.Heartbeat > TimeSpan.Zero, "Runs:Heartbeat must be above zero.")
            .ValidateOnStart();
        services.AddSingleton<RunSlots>();
        services.AddSingleton<RunRegistry>();
        services.AddSingleton<RunLogWriter>();
        services.AddSingleton<ModelCalls>();
        services.AddSingleton<AgentCalls>();
        services.AddSingleton<Moderation>();
        services.AddSingleton<RunMedia>();
        services.AddSingleton<AgentVision>();
        services.AddSingleton<TitleWriter>();
        services.AddSingleton<RunExecutor>();
        services.AddSingleton<RunComposer>();
        services.AddSingleton<RunKeys>();
        services.AddSingleton<RunRetention>();
        services.AddSingleton<RunLease>();
        services.AddSingleton<RunReaper>();
        services.AddSingleton<RunService>();
        services.AddSingleton<RunViews>();
        services.AddSingleton<RunEnds>();
        services.AddSingleton<IRunReader, RunReader>();
        services.AddSingleton<ToolCalls>();
        services.AddOptions<HostOptions>().Configure<IOptions<RunOptions>>((host, runs) => host.ShutdownTimeout = runs.Value.DrainTimeout + runs.Value.StorageTimeout + TimeSpan.FromSeconds(15));
        // The writer first: it stops last, when every run has its terminal event.
        services.AddHostedService(provider => provider.GetRequiredService<RunLogWriter>());
        services.AddHostedService<RunHousekeeping>();
        services.AddHostedService(provider => provider.GetRequiredService<TitleWriter>());
        return services;
    }
}
