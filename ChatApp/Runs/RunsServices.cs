using ChatApp.Runs.Log;

namespace ChatApp.Runs;

public static class RunsServices
{
    /// <summary>The streaming engine: start, execute, log, read, cancel, reap.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddOptions<RunOptions>().BindConfiguration("Runs")
            .Validate(o => o.MaxInputChars > 0, "Runs:MaxInputChars must be at least 1.")
            .Validate(o => o.MaxOutputChars > 0, "Runs:MaxOutputChars must be at least 1.")
            .Validate(o => o.MaxConcurrent > 0, "Runs:MaxConcurrent must be at least 1.")
            .Validate(o => o.MaxConcurrentPerUser > 0, "Runs:MaxConcurrentPerUser must be at least 1.")
            .Validate(o => o.IdleTimeout > TimeSpan.Zero, "Runs:IdleTimeout must be above zero.")
            .Validate(o => o.Lease >= TimeSpan.FromSeconds(3), "Runs:Lease must be at least 3 seconds.")
            .Validate(o => o.CommitInterval >= TimeSpan.Zero && o.CommitInterval <= TimeSpan.FromSeconds(1), "Runs:CommitInterval must be between 0 and 1 second.")
            .Validate(o => o.Heartbeat > TimeSpan.Zero, "Runs:Heartbeat must be above zero.")
            .ValidateOnStart();
        services.AddSingleton<RunRegistry>();
        services.AddSingleton<RunLogWriter>();
        services.AddSingleton<RunExecutor>();
        services.AddSingleton<RunLease>();
        services.AddSingleton<RunReaper>();
        services.AddSingleton<RunService>();
        services.AddSingleton<IRunReader, RunReader>();
        // The writer first: it stops last, when every run has its terminal event.
        services.AddHostedService(provider => provider.GetRequiredService<RunLogWriter>());
        services.AddHostedService<RunHousekeeping>();
        return services;
    }
}
