using System.CommandLine;
using ChatApp.Data;

namespace ChatApp.CommandLine;

/// <summary>The command line. Each feature has its verbs in a class of its own; without a verb the process serves.</summary>
public static class Verbs
{
    /// <summary>Whether the arguments name a verb, or ask for help, rather than give settings of the server.</summary>
    public static bool IsVerb(string[] args) =>
        args is [var first, ..] && (first is "--help" or "-h" or "-?" or "--version" || (first.Length > 0 && first[0] != '-'));

    /// <summary>A verb's output is for programs; what the application logs goes to standard error, and only if it matters.</summary>
    public static void KeepOffStandardOutput(this ILoggingBuilder logging) => logging
        .ClearProviders()
        .AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace)
        .SetMinimumLevel(LogLevel.Warning)
        .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

    /// <summary>Runs the verb on the application's services, without serving.</summary>
    /// <returns>The exit code: 0, or 1 with a sentence on standard error.</returns>
    public static async Task<int> RunAsync(WebApplication app, string[] args)
    {
        var services = app.Services;
        var root = new RootCommand("ChatApp, a self-hosted chat server. Without a command it serves.")
        {
            UserVerbs.Create(services),
            KeyVerbs.Create(services),
            ProviderVerbs.CreateProviders(services),
            ProviderVerbs.CreateModels(services),
            AgentVerbs.CreateAgents(services),
            DoctorVerb.Create(services),
        };
        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (RequestProblem problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }
}
