using System.Net;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatApp.Tests.CommandLine;

public sealed class VerbTests : IDisposable
{
    private readonly TestDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task UsersAndKeys_OnAFreshDirectory_MakeAKeyThatTheServerTakes()
    {
        Assert.Equal(0, (await RunAsync("users", "create", "--email", "bench@example.com", "--password", "Bench-mark-9", "--admin")).ExitCode);
        var (exit, output, error) = await RunAsync("keys", "create", "--user", "BENCH@example.com", "--name", "bench", "--scopes", "read,admin");
        Assert.Equal((0, ""), (exit, error));
        Assert.Matches("^ck_[A-Za-z0-9_-]{43}\r?\n$", output);

        var app = await TestApp.StartAsync(map: ChatApp.Tests.Identity.ApiKeyTests.MapProbes, directory: _data);
        using var client = app.CreateClient(output.Trim());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("probe/read")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("probe/admin")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("probe/chat")).StatusCode);
        await app.StopAsync();
    }

    // Several verbs at once on a slow machine: one waits for another's transaction longer than a page may.
    [Theory]
    [InlineData(60, "users", "create")]
    [InlineData(5, "--urls=http://127.0.0.1:0")]
    public void Statements_OfAVerb_WaitLongerThanThoseOfTheServer(int seconds, params string[] args)
    {
        using var app = Program.Build(args);
        Assert.EndsWith($";Default Timeout={seconds}", app.Services.GetRequiredService<IOptions<DataOptions>>().Value.SqliteConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbs_WhileTheServerRuns_AreSeenByIt()
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal(0, (await Cli.RunAsync(app.DataDirectory, "users", "create", "--email", "ann@example.com", "--password", "@nother phrase")).ExitCode);
        string key = (await Cli.RunAsync(app.DataDirectory, "keys", "create", "--user", "ann@example.com", "--name", "robot")).Output.Trim();
        Assert.Equal(0, (await Cli.RunAsync(app.DataDirectory, "agents", "add", "--slug", "helper", "--model", "demo/docs", "--default")).ExitCode);
        using var client = app.CreateClient(key);
        using var agents = JsonDocument.Parse(await client.GetStringAsync("api/agents"));
        Assert.Contains("\"helper\"", agents.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users create --email nobody --password Bench-mark-9", "e-mail")]
    [InlineData("users create --email a@example.com --password short", "at least 10")]
    [InlineData("users create --email a@example.com", "--password")]
    [InlineData("keys create --user nobody@example.com --name x", "no account nobody@example.com")]
    [InlineData("providers add --slug Bad_Slug --kind openai", "lower-case")]
    [InlineData("providers add --slug ok --kind openai --base-url http://me:secret@example.com", "base URL")]
    [InlineData("models add --provider nowhere --name x", "no provider nowhere")]
    [InlineData("providers add --slug ok --kind martian", "martian")]
    [InlineData("frobnicate", "no frobnicate")]
    [InlineData("users remove --email a@example.com", "no remove")]
    [InlineData("users", "command")]
    public async Task Verb_BadInput_IsOneSentenceAndExitCodeOne(string line, string expected)
    {
        await RunAsync("users", "create", "--email", "root@example.com", "--password", "Bench-mark-9", "--admin");
        var (exit, output, error) = await RunAsync(line.Split(' '));
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Doctor_BrokenThenReady_TellsByFixAndExitCode()
    {
        var (exit, output, _) = await RunAsync("doctor");
        Assert.Equal(1, exit);
        Assert.Contains("There is no database", output, StringComparison.Ordinal);
        Assert.Contains($"fix: Start the server once, or set Data__Directory to the folder that has it: Data__Directory={_data.Path} ", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_data.Path));

        await RunAsync("users", "create", "--email", "root@example.com", "--password", "Bench-mark-9", "--admin");
        (exit, output, _) = await RunAsync("doctor", "--json");
        using var report = JsonDocument.Parse(output);
        Assert.True(exit == 0, output);
        Assert.True(report.RootElement.GetProperty("ok").GetBoolean());
        Assert.All(report.RootElement.GetProperty("checks").EnumerateArray(), c => Assert.NotEqual("error", c.GetProperty("status").GetString()));
    }

    [Theory]
    [InlineData("providers add --slug acme --kind openai")]
    [InlineData("users disable --email root@example.com")]
    public async Task Verb_DatabaseTakesNothing_IsOneSentenceAndExitCodeOne(string line)
    {
        await RunAsync("users", "create", "--email", "root@example.com", "--password", "Bench-mark-9", "--admin");
        await MakeReadOnlyAsync();

        var (exit, output, error) = await RunAsync(line.Split(' '));

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("readonly", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Verb_DatabaseRefusesTheRow_IsOneSentenceAndExitCodeOne()
    {
        await RunAsync("users", "create", "--email", "root@example.com", "--password", "Bench-mark-9", "--admin");
        // Nothing reads it before the row is written.
        await ExecuteAsync("ALTER TABLE api_keys RENAME COLUMN prefix TO gone");

        var (exit, output, error) = await RunAsync("keys", "create", "--user", "root@example.com", "--name", "x");

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith("The database did not take it: ", error, StringComparison.Ordinal);
        Assert.Contains("prefix", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("providers list")]
    [InlineData("sessions list")]
    [InlineData("providers add --slug acme --kind openai")]
    [InlineData("users disable --email root@example.com")]
    [InlineData("keys create --user root@example.com --name x")]
    public async Task Verb_WhereThereIsNoDatabase_SaysSoAndCreatesNothing(string line)
    {
        string directory = Path.Combine(_data.Path, "data");

        var (exit, output, error) = await Cli.RunAsync(directory, line.Split(' '));

        Assert.Equal(1, exit);
        Assert.Contains($"There is no database in {directory}.", line == "doctor" ? output : error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_data.Path));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("/dev/null/data")]
    public async Task Verb_DirectoryThatCannotBe_IsOneSentenceAndExitCodeOne(string directory)
    {
        var (exit, output, error) = await Cli.RunAsync(directory, "users", "create", "--email", "root@example.com", "--password", "Bench-mark-9");

        Assert.Equal((1, ""), (exit, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_ListsTheVerbsAndTouchesNothing()
    {
        var (exit, output, _) = await RunAsync("--help");
        Assert.Equal(0, exit);
        foreach (string verb in new[] { "doctor", "users", "keys", "providers", "models", "agents" })
            Assert.Contains(verb, output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_data.Path, "chat.db*"));
    }

    /// <summary>Says in its header that it is of a future format, which SQLite reads and does not write; permissions do not stop root.</summary>
    private async Task MakeReadOnlyAsync()
    {
        // What is still in the write-ahead log comes before the file.
        await ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        await using var header = new FileStream(Path.Combine(_data.Path, "chat.db"), FileMode.Open, FileAccess.ReadWrite);
        header.Position = 18;
        header.WriteByte(3);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_data.Path, "chat.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) => Cli.RunAsync(_data.Path, args);
}
