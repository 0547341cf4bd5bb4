using System.CommandLine;
using System.Text.Json;
using ChatApp.Diagnostics;

namespace ChatApp.CommandLine;

/// <summary><c>doctor</c>: what is wrong with this installation, and the command or page that puts it right.</summary>
public static class DoctorVerb
{
    public static Command Create(IServiceProvider services)
    {
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var doctor = new Command("doctor", "Checks the installation. The exit code is 1 where something is broken.") { json };
        doctor.SetAction(async (result, cancellationToken) =>
        {
            var report = await services.GetRequiredService<DiagnosticRunner>().RunAsync(cancellationToken);
            var output = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
                await output.WriteLineAsync(JsonSerializer.Serialize(report, DiagnosticJson.Default.DiagnosticReport));
            else
                await PrintAsync(report, output);
            return report.Ok ? 0 : 1;
        });
        return doctor;
    }

    private static async Task PrintAsync(DiagnosticReport report, TextWriter output)
    {
        foreach (var category in report.Checks.GroupBy(c => c.Category))
        {
            await output.WriteLineAsync(category.Key);
            foreach (var check in category)
            {
                await output.WriteLineAsync($"  {Mark(check.Status)} {check.Name}: {check.Message}");
                if (check.Fix is not null)
                    await output.WriteLineAsync($"          fix: {check.Fix}");
            }
        }
        int errors = report.Checks.Count(c => c.Status == DiagnosticStatus.Error);
        await output.WriteLineAsync(report.Ok ? "\nReady." : $"\n{errors} to fix.");
    }

    private static string Mark(DiagnosticStatus status) => status switch
    {
        DiagnosticStatus.Ok => "ok     ",
        DiagnosticStatus.Warning => "warning",
        _ => "ERROR  ",
    };
}
