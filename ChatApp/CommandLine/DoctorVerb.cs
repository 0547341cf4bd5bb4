using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatApp.Diagnostics;

namespace ChatApp.CommandLine;

/// <summary><c>doctor</c>: what is missing, and the command that creates it.</summary>
public static class DoctorVerb
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static Command Create(IServiceProvider services)
    {
        var json = new Option<bool>("--json") { Description = "For programs." };
        var doctor = new Command("doctor", "Checks this installation and names a fix for what is wrong. Exit code 1 when something is.") { json };
        doctor.SetAction(async (result, cancellationToken) =>
        {
            var findings = await services.GetRequiredService<DiagnosticRunner>().RunAsync(cancellationToken);
            bool healthy = findings.All(f => f.Status != DiagnosticStatus.Error);
            var output = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(new { healthy, checks = findings }, Json));
            }
            else
            {
                foreach (var finding in findings)
                {
                    await output.WriteLineAsync($"{Mark(finding.Status)}  {finding.Name}: {finding.Message}");
                    if (finding.Fix is not null)
                        await output.WriteLineAsync($"         {finding.Fix}");
                }
            }
            return healthy ? 0 : 1;
        });
        return doctor;
    }

    private static string Mark(DiagnosticStatus status) => status switch
    {
        DiagnosticStatus.Ok => "ok     ",
        DiagnosticStatus.Warning => "warning",
        _ => "ERROR  ",
    };
}
