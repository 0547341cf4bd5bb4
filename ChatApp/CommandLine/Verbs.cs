using System.CommandLine;
using ChatApp.Data;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ChatApp.CommandLine;

/// <summary>The command line. Each feature adds its verbs with a class of its own; without a verb the process serves.</summary>
public static class Verbs
{
    private static readonly string[] Questions = ["--help", "-h", "-?", "--version"];

    /// <summary>Whether the arguments name a verb rather than settings of the server.</summary>
    public static bool IsVerb(string[] args) => args is [{ Length: > 0 } first, ..] && (first[0] != '-' || Questions.Contains(first));

    /// <summary>Standard output is for what the verb answers: errors that the application logs go to standard error, the rest nowhere.</summary>
    public static void KeepOutputClean(ILoggingBuilder logging)
    {
        logging.ClearProviders().AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.Error);
        // It would write a stack trace above the sentence that the verb ends with.
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.EntityFrameworkCore", LogLevel.None);
    }

    /// <summary>A verb is often one of several in a script, or beside a busy server: better late than not at all.</summary>
    public static void WaitForOthers(IServiceCollection services) => services.PostConfigure<DataOptions>(o => o.Patience = TimeSpan.FromMinutes(1));

    /// <summary>Runs the verb on the application's services, without serving. What is wrong goes to standard error, in a sentence.</summary>
    /// <param name="build">Makes the application.</param>
    /// <returns>The exit code: 0, or 1 where the arguments or what they ask for cannot be.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, string[] args)
    {
        try
        {
            await using var app = build();
            return await RunAsync(app, args);
        }
        catch (Exception e) when (Failure.SentenceOf(e) is { } sentence)
        {
            return await FailAsync(sentence);
        }
    }

    private static async Task<int> RunAsync(WebApplication app, string[] args)
    {
        var doctor = DoctorVerb.Create(app.Services);
        var root = new RootCommand("A self-hosted chat server. Without a command it serves, on http://localhost:5080 unless --urls says otherwise.")
        {
            doctor,
            UserVerbs.Create(app.Services),
            KeyVerbs.Create(app.Services),
            PointsVerbs.Create(app.Services),
            ProviderVerbs.Create(app.Services),
            ModelVerbs.Create(app.Services),
            AgentVerbs.Create(app.Services),
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
        // The doctor looks at what is there; it repairs nothing.
        if (!isQuestion && parsed.CommandResult.Command != doctor)
        {
            RequireDatabase(app, parsed.CommandResult.Command);
            await Program.PrepareAsync(app);
        }
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    /// <summary>A command that is typed in another directory than the server's must not leave a database there. The first account may come before the server.</summary>
    private static void RequireDatabase(WebApplication app, Command command)
    {
        var data = app.Services.GetRequiredService<IOptions<DataOptions>>().Value;
        if (!File.Exists(data.DatabaseFile) && !UserVerbs.IsCreate(command))
            throw new RequestProblem(409, "no_database", $"There is no database in {data.FullDirectory}. Start the server once, or set Data__Directory to the folder that has it.");
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(Failure.OneLine(message));
        return 1;
    }
}
