using System.CommandLine;

namespace ChatApp.CommandLine;

/// <summary>The command line. Each feature adds its verbs with a class of its own; without a verb the process serves.</summary>
public static class Verbs
{
    /// <summary>Whether the arguments name a verb rather than settings of the server.</summary>
    public static bool IsVerb(string[] args) => args is [{ Length: > 0 } first, ..] && first[0] != '-';

    /// <summary>Runs the verb on the application's services, without serving.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(WebApplication app, string[] args)
    {
        var root = new RootCommand("A self-hosted chat server. Without a command it serves.");
        return await root.Parse(args).InvokeAsync();
    }
}
