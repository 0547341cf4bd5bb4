using System.Diagnostics;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Docs;

/// <summary>Types the docs' examples into a shell, as a reader would.</summary>
public sealed class ExampleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Scripts => PlacesOf("sh", "python");

    public static TheoryData<string> Modules => PlacesOf("js", "tsx");

    private static TheoryData<string> PlacesOf(params string[] languages) =>
        new(DocsFiles.Examples().Where(e => languages.Contains(e.Language)).Select(e => e.Place));

    [ShellTheory]
    [MemberData(nameof(Scripts))]
    public Task Run_ScriptOfTheDocs_SucceedsAndPrintsWhatItSays(string place) => RunAsync(place);

    [NodeTheory]
    [MemberData(nameof(Modules))]
    public Task Run_JavaScriptOfTheDocs_SucceedsAndPrintsWhatItSays(string place) => RunAsync(place);

    private static async Task RunAsync(string place)
    {
        var example = DocsFiles.Examples().Single(e => e.Place == place);
        await using var app = await TestApp.StartAsync();
        string key = await app.CreateKeyAsync(await app.CreateUserAsync("reader@example.com"));
        using var folder = await ExampleFolder.CreateAsync(example, app.Address);

        var (exitCode, output, errors) = await RunAsync(folder.Command, folder.Path, app.Address.ToString().TrimEnd('/'), key);

        Assert.True(exitCode == 0, $"{place} ended with {exitCode}: {errors}");
        Assert.Contains(example.Expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_OfReadmeAndApiGuide_AreFound()
    {
        string[] files = [.. DocsFiles.Examples().Select(e => e.Path)];

        Assert.Contains("README.md", files);
        Assert.Contains("docs/api/runs.md", files);
        Assert.Contains("docs/api/streaming.md", files);
        // A fence that is spelled a little otherwise would silently not be run.
        Assert.Equal(DocsFiles.All.Sum(f => f.Text.Split("expect=").Length - 1), files.Length);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] command, string folder, string url, string key)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true, RedirectStandardError = true,
                Environment = { ["CHATAPP_URL"] = url, ["CHATAPP_KEY"] = key, ["no_proxy"] = "*" },
            },
        };
        process.Start();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
