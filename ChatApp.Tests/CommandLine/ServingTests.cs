using ChatApp.CommandLine;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.CommandLine;

/// <summary>A server that can't start, as the person who starts it sees it.</summary>
public sealed class ServingTests
{
    [Fact]
    public async Task Start_DirectoryOfAnotherServer_SaysSoAndExitsWithOne()
    {
        await using var app = await TestApp.StartAsync();

        var (exitCode, _, error) = await Cli.RunAsync(app.DataDirectory, "--urls=http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains($"Another ChatApp server is using {app.DataDirectory}.", error.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortIsTaken_SaysSoAndExitsWithOne()
    {
        await using var app = await TestApp.StartAsync();
        using var directory = new TestDirectory();

        var (exitCode, _, error) = await Cli.RunAsync(directory.Path, $"--urls={app.Address}");

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", error.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Runs:MaxQueued=-1", "Runs:MaxQueued")]
    [InlineData("Runs:MaxQueued=many", "'Runs:MaxQueued'")]
    [InlineData("Data:Directory=", "Data:Directory must name a folder.")]
    [InlineData("urls=nowhere", "'nowhere'")]
    [InlineData("urls=https://127.0.0.1:0", "HTTPS")]
    [InlineData("urls=http://203.0.113.1:5080", "can't listen on its address")]
    public async Task Start_SettingThatCannotBe_IsASentenceAndExitCodeOne(string setting, string expected)
    {
        using var directory = new TestDirectory();

        var (exitCode, _, error) = await Cli.RunAsync(directory.Path, "--urls=http://127.0.0.1:0", $"--{setting}");

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, error.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DamagedDatabase_SaysToRestoreABackup()
    {
        using var directory = new TestDirectory();
        string file = Path.Combine(directory.Path, "chat.db");
        await File.WriteAllTextAsync(file, new string('x', 10_000));

        var (exitCode, _, error) = await Cli.RunAsync(directory.Path, "--urls=http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains($"its database {file} is damaged. Restore a backup.", error.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FileThatMayNotBeOpened_SaysSoAndExitsWithOne()
    {
        using var directory = new TestDirectory();
        // A folder in the place of the file is refused like a file without the right to it, also to root.
        string file = Path.Combine(directory.Path, "migration.lock");
        Directory.CreateDirectory(file);

        var (exitCode, _, error) = await Cli.RunAsync(directory.Path, "--urls=http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains($"'{file}' is denied", error.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_OfAFaultOfOurs_IsNone()
    {
        Assert.Null(Failure.SentenceOf(new InvalidOperationException("Sequence contains no elements")));
        Assert.Null(Failure.SentenceOf(new FormatException("Input string was not in a correct format.")));
    }
}
