using System.Diagnostics;
using System.Text.Json;
using ChatApp.Tests.Docs;
using ChatApp.Tests.Torture;

namespace ChatApp.Tests.Conformance;

/// <summary>The clients of the contracts' documents, as the programs they are; <c>scripts/contract-clients</c> has those that are scripts.</summary>
internal static class ProgramClient
{
    /// <param name="client"><c>hook</c>, <c>loop</c>, <c>curl</c>, or an EventSource of npm: <c>eventsource</c>, <c>fetch-event-source</c>.</param>
    /// <param name="onText">Called with the text so far as soon as the program has said something.</param>
    public static async Task<ContractAnswer> AskAsync(
        string client, Contract contract, ContractCall call, Uri server, string key, Action<string> onText, CancellationToken cancellationToken)
    {
        string[] request = [contract.System, call.Method, new Uri(server, call.Path).AbsoluteUri, key, call.Body ?? ""];
        string[] command = client switch
        {
            "hook" => [EventSourceClients.Node, Script("hook.mjs"), .. request],
            "loop" => ["python3", Script("loop.py"), .. request],
            "curl" =>
            [
                "curl", "-sSN", "-X", call.Method, request[2], "-H", $"Authorization: Bearer {key}",
                .. call.Body is { } body ? new[] { "-H", "Content-Type: application/json", "-d", body } : [],
            ],
            _ => [EventSourceClients.Node, Script("eventsource.mjs"), client, .. request],
        };
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["no_proxy"] = "*", ["PYTHONIOENCODING"] = "utf-8" },
        })!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var answer = ContractAnswer.None;
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                answer = client == "curl" ? Shown(contract, answer, line) : Told(answer, line);
                onText(answer.Text);
            }
            await process.WaitForExitAsync(cancellationToken);
            // 18: the transfer ended before its end.
            if (client == "curl" && process.ExitCode is 0 or 18)
                return answer with { Cut = process.ExitCode == 18 };
            return process.ExitCode == 0 ? answer : throw new InvalidOperationException($"{client} ended with {process.ExitCode}: {await errors}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>A line of the wire, as curl prints it.</summary>
    private static ContractAnswer Shown(Contract contract, ContractAnswer answer, string line) =>
        line.StartsWith("data: ", StringComparison.Ordinal) ? answer.With(contract.Read(line[6..])) : answer;

    /// <summary>What a script says that it has shown.</summary>
    private static ContractAnswer Told(ContractAnswer answer, string line)
    {
        using var said = JsonDocument.Parse(line);
        string? Text(string name) => said.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
        if (said.RootElement.TryGetProperty("cut", out var cut))
            return answer with { Cut = cut.GetBoolean() };
        return answer.With(new ContractEvent(Text("piece"), Text("whole"), Text("error"), said.RootElement.TryGetProperty("done", out _)));
    }

    private static string Script(string name) => Path.Combine(DocsFiles.Root, "scripts", "contract-clients", name);
}
