namespace ChatApp.CommandLine;

/// <summary>The command without a verb: the server.</summary>
internal static class Serving
{
    /// <summary>Serves until it is stopped. What keeps it from starting is told in a sentence.</summary>
    /// <param name="build">Makes the application.</param>
    /// <returns>The exit code: 0, or 1 when it could not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, Func<WebApplication, Task> prepare)
    {
        ProcessMemory.Bound();
        try
        {
            var app = build();
            await prepare(app);
            app.Lifetime.ApplicationStarted.Register(ProcessMemory.GiveBack);
            await app.RunAsync();
            return 0;
        }
        // The host has logged the rest.
        catch (Exception e) when (Failure.SentenceOf(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }
}
