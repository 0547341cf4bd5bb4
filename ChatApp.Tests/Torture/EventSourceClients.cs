using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>The EventSource clients of npm, as <c>scripts/eventsource-clients</c> has them installed.</summary>
internal static class EventSourceClients
{
    private static readonly string Folder = Path.Combine(RepositoryRoot(), "scripts", "eventsource-clients");

    public static bool AreInstalled => Directory.Exists(Path.Combine(Folder, "node_modules"));

    public static bool AreRequired { get; } = Environment.GetEnvironmentVariable("CHATAPP_REQUIRE_NPM") == "1";

    /// <summary>Lets a client follow a run to its end.</summary>
    /// <returns>The events that it dispatched, as they stand on our wire.</returns>
    public static async Task<IReadOnlyList<string>> FollowAsync(string client, Uri events, string key, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Node, [Path.Combine(Folder, "follow.mjs"), client, events.ToString(), key])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var frames = new List<string>();
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                var e = JsonDocument.Parse(line).RootElement;
                frames.Add($"event: {e.GetProperty("event").GetString()}\ndata: {e.GetProperty("data").GetString()}\nid: {e.GetProperty("id").GetString()}");
            }
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? frames : throw new InvalidOperationException($"{client} failed:\n{await error}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>The one that comes with Playwright: it is there wherever the tests are built.</summary>
    public static string Node { get; } =
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, ".playwright", "node"), "node*", SearchOption.AllDirectories).FirstOrDefault() ?? "node";

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ChatApp.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run within the repository.");
        return directory.FullName;
    }
}

/// <summary>A test with the EventSource clients of npm: skipped, saying why, where they are not installed, unless <c>CHATAPP_REQUIRE_NPM=1</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EventSourceFactAttribute : FactAttribute
{
    public EventSourceFactAttribute()
    {
        if (!EventSourceClients.AreInstalled && !EventSourceClients.AreRequired)
            Skip = "The npm packages are not installed: npm ci --prefix scripts/eventsource-clients";
    }
}

/// <inheritdoc cref="EventSourceFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EventSourceTheoryAttribute : TheoryAttribute
{
    public EventSourceTheoryAttribute() => Skip = new EventSourceFactAttribute().Skip;
}
