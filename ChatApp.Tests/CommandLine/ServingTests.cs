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
}
