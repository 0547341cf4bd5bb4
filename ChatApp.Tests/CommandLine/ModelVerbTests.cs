using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.CommandLine;

/// <summary>What the command line says of a model's eyes and an agent's judge.</summary>
public sealed class ModelVerbTests
{
    [Fact]
    public async Task Add_ModelWithoutVisionAndAgentWithAJudge_AreKept()
    {
        using var data = new TestDirectory();
        await RunAsync(data, "users create --email root@example.com --password Bench-mark-9 --admin");
        Assert.Equal(0, (await RunAsync(data, "models add --provider demo --name blind --no-vision")).ExitCode);
        Assert.Equal(0, (await RunAsync(data, "models add --provider demo --name sees --vision")).ExitCode);
        var both = await RunAsync(data, "models add --provider demo --name odd --vision --no-vision");
        Assert.Equal((1, "Give --vision or --no-vision, not both."), (both.ExitCode, both.Error.Trim()));

        string list = (await RunAsync(data, "providers list")).Output;
        Assert.Contains("demo/blind  (can't see images)", list, StringComparison.Ordinal);
        Assert.DoesNotContain("demo/sees  (can't", list, StringComparison.Ordinal);

        var unknown = await RunAsync(data, "agents add --slug tutor --moderation-agent judge");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("There is no agent judge.", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(data, "agents add --slug judge")).ExitCode);
        Assert.Equal(0, (await RunAsync(data, "agents add --slug tutor --moderation-agent judge")).ExitCode);
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(TestDirectory data, string line) => Cli.RunAsync(data.Path, line.Split(' '));
}
