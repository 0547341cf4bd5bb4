using System.Net;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.CommandLine;

/// <summary>Sessions on the command line.</summary>
public sealed class SessionVerbTests : IDisposable
{
    private readonly TestDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Sessions_CreatedInvitedAndClosed_AreSoForTheApi()
    {
        await RunAsync("users", "create", "--email", "ben@example.com", "--password", "Bench-mark-9");
        Assert.Contains("no administrator", (await RunAsync("sessions", "create", "--key", "123", "--question", "Why?")).Error, StringComparison.Ordinal);
        await RunAsync("users", "create", "--email", "root@example.com", "--password", "Bench-mark-9", "--admin");
        await RunAsync("users", "create", "--email", "ann@example.com", "--password", "Bench-mark-9");
        string prompt = Path.Combine(_data.Path, "prompt.txt");
        await File.WriteAllTextAsync(prompt, "Talk about {{ask_question}}.");

        var (exit, output, error) = await RunAsync("sessions", "create", "--key", "123", "--question", "Why are we late?", "--anonymous", "--system-prompt-file", prompt);
        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("/ask/123", output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("sessions", "create", "--key", "closed", "--question", "Q", "--name", "N", "--description", "D", "--agent", "demo", "--owner", "ann@example.com")).ExitCode);
        string[] invitation = (await RunAsync("sessions", "invite", "--key", "CLOSED", "--name", "Bea")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"/ask/closed?invite={invitation[0].Trim()}", invitation[1].Trim());
        Assert.Equal(0, (await RunAsync("sessions", "close", "--key", "closed")).ExitCode);
        string list = (await RunAsync("sessions", "list")).Output;
        Assert.Matches(@"(?m)^123  active  anonymous  1 participants  root@example.com  Why are we late\?\r?$", list);
        Assert.Matches(@"(?m)^closed  closed  2 participants  ann@example.com  N\r?$", list);

        var app = await TestApp.StartAsync(directory: _data);
        using var client = app.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("api/ask/123")).StatusCode);
        client.DefaultRequestHeaders.Add("X-Invite-Token", invitation[0].Trim());
        using var closed = JsonDocument.Parse(await client.GetStringAsync("api/ask/closed"));
        Assert.Equal("closed", closed.RootElement.GetProperty("data").GetProperty("ask").GetProperty("status").GetString());
        await app.StopAsync();
    }

    [Fact]
    public async Task Sessions_WithTimesPausedAndOpened_AreSoInTheList()
    {
        await RunAsync("users", "create", "--email", "root@example.com", "--password", "Bench-mark-9", "--admin");
        Assert.Equal(0, (await RunAsync("sessions", "create", "--key", "may", "--question", "Q", "--anonymous", "--starts", "2020-05-01T09:00", "--ends", "2020-05-02T09:00+02:00")).ExitCode);
        Assert.Equal("Paused the session may.", (await RunAsync("sessions", "pause", "--key", "may")).Output.Trim());
        Assert.StartsWith("may  paused", (await RunAsync("sessions", "list")).Output, StringComparison.Ordinal);
        Assert.Equal("Opened the session may.", (await RunAsync("sessions", "open", "--key", "may")).Output.Trim());
        Assert.StartsWith("may  active", (await RunAsync("sessions", "list")).Output, StringComparison.Ordinal);

        var app = await TestApp.StartAsync(directory: _data);
        using var client = app.CreateClient();
        using var json = JsonDocument.Parse(await client.GetStringAsync("api/ask/may"));
        var ask = json.RootElement.GetProperty("data").GetProperty("ask");
        Assert.Equal(new DateTime(2020, 5, 1, 9, 0, 0, DateTimeKind.Utc), ask.GetProperty("startDate").GetDateTime());
        Assert.Equal(new DateTime(2020, 5, 2, 7, 0, 0, DateTimeKind.Utc), ask.GetProperty("endDate").GetDateTime());
        Assert.False(ask.GetProperty("isActive").GetBoolean());
        await app.StopAsync();
    }

    [Theory]
    [InlineData("sessions create --key 123 --question Q --starts tomorrow", "--starts is a time like")]
    [InlineData("sessions create --key a --question Q", "Invalid ASK key format")]
    [InlineData("sessions create --key 123 --question Q --owner nobody@example.com", "no account nobody@example.com")]
    [InlineData("sessions create --key 123", "--question")]
    [InlineData("sessions invite --key 123 --name Bea", "no session")]
    [InlineData("sessions close --key 123", "no session")]
    public async Task Verb_BadInput_IsOneSentenceAndExitCodeOne(string line, string expected)
    {
        await RunAsync("users", "create", "--email", "root@example.com", "--password", "Bench-mark-9", "--admin");
        var (exit, output, error) = await RunAsync(line.Split(' '));
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) => Cli.RunAsync(_data.Path, args);
}
