namespace ChatApp.Diagnostics;

public static class DiagnosticsServices
{
    /// <summary>The checks of the doctor, and /health. The order is that of the report.</summary>
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services
        .AddSingleton<DiagnosticRunner>()
        .AddSingleton<IDiagnosticCheck, DatabaseCheck>()
        .AddSingleton<IDiagnosticCheck, MigrationsCheck>()
        .AddSingleton<IDiagnosticCheck, SqliteVersionCheck>()
        .AddSingleton<IDiagnosticCheck, DiskSpaceCheck>()
        .AddSingleton<IDiagnosticCheck, AdminCheck>()
        .AddSingleton<IDiagnosticCheck, ProviderKeysCheck>()
        .AddSingleton<IDiagnosticCheck, DefaultModelCheck>()
        .AddSingleton<IDiagnosticCheck, DefaultAgentCheck>()
        .AddSingleton<HealthProbe>();
}
