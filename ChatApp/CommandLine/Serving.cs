using ChatApp.Data;

namespace ChatApp.CommandLine;

/// <summary>The command without a verb: the server.</summary>
internal static class Serving
{
    /// <summary>Serves until it is stopped. What keeps it from starting is told in a sentence.</summary>
    /// <returns>The exit code: 0, or 1 when it could not start.</returns>
    public static async Task<int> RunAsync(WebApplication app, Func<WebApplication, Task> prepare)
    {
        try
        {
            await prepare(app);
            await app.RunAsync();
            return 0;
        }
        // A port that is taken, a directory that another server uses, a database that can't be written. The host has logged the rest.
        catch (Exception e) when (e is IOException || StorageFaults.IsUnavailable(e))
        {
            await Console.Error.WriteLineAsync(e is IOException ? e.Message : $"The server can't start, because its database takes nothing just now: {e.Message}");
            return 1;
        }
    }
}
