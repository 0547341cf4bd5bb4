using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace ChatApp.Tests.Data;

/// <summary>A newer program beside a server of an earlier version: the tables do not change under it.</summary>
public sealed class MigrationBesideServerTests
{
    private const string Earlier = "SearchIndexLater";

    private static readonly string[] CreateUser = ["users", "create", "--email", "a@example.com", "--password", TestApp.Password];

    [Fact]
    public async Task Start_OlderServerRuns_IsRefusedAndChangesNothing()
    {
        using var directory = new TestDirectory();
        await MigrateAsync(directory, Earlier);
        // What a server holds for as long as it runs.
        using (SqliteServerLock.Take(directory.Path))
        {
            foreach (string[] arguments in new[] { CreateUser, ["--urls=http://127.0.0.1:0"] })
            {
                var (exitCode, _, error) = await Cli.RunAsync(directory.Path, arguments);

                Assert.Equal(1, exitCode);
                Assert.Contains($"A ChatApp server of an earlier version is using {directory.Path}", error.Split('\n')[^2], StringComparison.Ordinal);
                Assert.NotEmpty(await PendingAsync(directory));
            }
        }

        var next = await Cli.RunAsync(directory.Path, CreateUser);

        Assert.Equal((0, ""), (next.ExitCode, next.Error));
        Assert.Empty(await PendingAsync(directory));
    }

    private static async Task MigrateAsync(TestDirectory directory, string migration)
    {
        await using var db = Open(directory);
        await db.GetService<IMigrator>().MigrateAsync(migration);
    }

    private static async Task<IEnumerable<string>> PendingAsync(TestDirectory directory)
    {
        await using var db = Open(directory);
        return await db.Database.GetPendingMigrationsAsync();
    }

    private static SqliteChatDbContext Open(TestDirectory directory) => new(new DbContextOptionsBuilder<SqliteChatDbContext>()
        .UseSqlite($"Data Source={Path.Combine(directory.Path, "chat.db")};Pooling=False").Options);
}
