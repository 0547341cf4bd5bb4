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
        await app.CreateUserAsync("root@example.com", admin: true);
        string key = await app.CreateKeyAsync(await app.CreateUserAsync("reader@example.com"));
        using var folder = await ExampleFolder.CreateAsync(example, app.Address);

        var (exitCode, output, errors) = await RunAsync(folder, app, key);

        Assert.True(exitCode == 0, $"{place} ended with {exitCode}: {errors}");
        Assert.Contains(example.Expected, output, StringComparison.Ordinal);
    }

    /// <summary>As somebody types them who sets a server up: the account, what the README says, then page after page.</summary>
    [ShellTheory]
    [InlineData("docs/concepts/security.md", "README.md")]
    public async Task Run_CommandsOfTheDocs_AllSucceed(params string[] first)
    {
        await using var app = await TestApp.StartAsync();
        foreach (var example in DocsFiles.Commands().Where(IsOfVerbs).OrderBy(e => Array.IndexOf(first, e.Path) is var i and >= 0 ? i : first.Length))
        {
            using var folder = await ExampleFolder.CreateAsync(example, app.Address);
            var (exitCode, _, errors) = await RunAsync(folder, app, key: "");
            Assert.True(exitCode == 0, $"{example.Place} ended with {exitCode}: {errors}");
        }
    }

    [Fact]
    public void Examples_ThatNoTestRuns_AreThoseThatNeedAMachineOfTheirOwn() => Assert.Equal(
        ["README.md", "docs/operations.md", "docs/operations.md"], DocsFiles.Commands().Where(e => !IsOfVerbs(e)).Select(e => e.Path));

    private static bool IsOfVerbs(DocsExample example) => example.Script.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .All(l => l.StartsWith("dotnet run --project ChatApp -- ", StringComparison.Ordinal) || l.StartsWith("export ", StringComparison.Ordinal));

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

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(ExampleFolder folder, TestApp app, string key)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(folder.Command[0], folder.Command[1..])
            {
                WorkingDirectory = folder.Path,
                RedirectStandardOutput = true, RedirectStandardError = true,
                Environment =
                {
                    ["CHATAPP_URL"] = app.Address.ToString().TrimEnd('/'), ["CHATAPP_KEY"] = key, ["no_proxy"] = "*",
                    ["PATH"] = $"{folder.Programs}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}", ["Data__Directory"] = app.DataDirectory,
                    ["OPENAI_API_KEY"] = "none", ["ANTHROPIC_API_KEY"] = "none",
                },
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
