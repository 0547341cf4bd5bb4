using ChatApp.Diagnostics.Checks;

namespace ChatApp.Diagnostics;

public static class DiagnosticsServices
{
    /// <summary>The checks of the doctor, in the order of its report, and the probe behind <c>/health</c>.</summary>
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services
        .AddSingleton<IDiagnosticCheck, ConnectionCheck>()
        .AddSingleton<IDiagnosticCheck, SqliteVersionCheck>()
        .AddSingleton<IDiagnosticCheck, MigrationsCheck>()
        .AddSingleton<IDiagnosticCheck, PermissionsCheck>()
        .AddSingleton<IDiagnosticCheck, DiskSpaceCheck>()
        .AddSingleton<IDiagnosticCheck, AdminCheck>()
        .AddSingleton<IDiagnosticCheck, DefaultModelCheck>()
        .AddSingleton<IDiagnosticCheck, DefaultAgentCheck>()
        .AddSingleton<IDiagnosticCheck, AgentsCheck>()
        .AddSingleton<IDiagnosticCheck, ProviderKeysCheck>()
        .AddSingleton<IDiagnosticCheck, AskAnswererCheck>()
        .AddSingleton<IDiagnosticCheck, AskSessionsCheck>()
        .AddSingleton<IDiagnosticCheck, AskInsightsCheck>()
        .AddSingleton<IDiagnosticCheck, RelayCheck>()
        .AddSingleton<DiagnosticRunner>()
        .AddSingleton<HealthProbe>();
}
