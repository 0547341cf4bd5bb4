using System.CommandLine;
using System.Data.Common;
using ChatApp.Data;
using Microsoft.Extensions.Logging.Console;

namespace ChatApp.CommandLine;

/// <summary>The command line. Each feature adds its verbs with a class of its own; without a verb the process serves.</summary>
public static class Verbs
{
    private static readonly string[] Questions = ["--help", "-h", "-?", "--version"];

    /// <summary>Whether the arguments name a verb rather than settings of the server.</summary>
    public static bool IsVerb(string[] args) => args is [{ Length: > 0 } first, ..] && (first[0] != '-' || Questions.Contains(first));

    /// <summary>Standard output is for what the verb answers: warnings and errors of the application go to standard error, the rest nowhere.</summary>
    public static void KeepOutputClean(ILoggingBuilder logging)
    {
        logging.ClearProviders().AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.Error);
    }

    /// <summary>Runs the verb on the application's services, without serving. What is wrong goes to standard error, in a sentence.</summary>
    /// <returns>The exit code: 0, or 1 where the arguments or what they ask for cannot be.</returns>
    public static async Task<int> RunAsync(WebApplication app, string[] args)
    {
        await using var _ = app;
        var doctor = DoctorVerb.Create(app.Services);
        var root = new RootCommand("A self-hosted chat server. Without a command it serves, on http://localhost:5080 unless --urls says otherwise.")
        {
            doctor,
            UserVerbs.Create(app.Services),
            KeyVerbs.Create(app.Services),
            PointsVerbs.Create(app.Services),
            ProviderVerbs.CreateProviders(app.Services),
            ProviderVerbs.CreateModels(app.Services),
            AgentVerbs.CreateAgents(app.Services),
            SessionVerbs.Create(app.Services),
        };
        // A password may begin with @, which would else name a file of arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool isQuestion = args.Any(Questions.Contains);
        if (parsed.Errors is [{ } error, ..] && !isQuestion)
        {
            string what = parsed.UnmatchedTokens is [{ } unknown, ..] ? $"There is no {unknown}." : error.Message;
            return await FailAsync($"{what} Add --help for what there is.");
        }
        try
        {
            // The doctor looks at what is there; it repairs nothing.
            if (!isQuestion && parsed.CommandResult.Command != doctor)
                await Program.PrepareAsync(app);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is RequestProblem or DbException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(e.Message);
        }
    }

    private static async Task<int> FailAsync(string message)
    {
        // Some messages are lists; one line is easier to read in a log and to look for.
        await Console.Error.WriteLineAsync(string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return 1;
    }
}
