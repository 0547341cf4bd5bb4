namespace ChatApp.Diagnostics;

public static class DiagnosticsServices
{
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services;
}
