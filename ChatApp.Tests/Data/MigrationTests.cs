using ChatApp.Data;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Data;

public sealed class MigrationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // The lock as EF leaves it where a process was killed while it migrated.
    private const string StaleLock =
        """
        CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
        INSERT INTO "__EFMigrationsLock" ("Id", "Timestamp") VALUES (1, '2026-11-21 00:00:00');
        """;

    [Fact]
    public async Task Start_KilledInItsFirstMigration_MigratesAndServes()
    {
        var directory = new TestDirectory();
        await ExecuteAsync(directory, StaleLock);

        await using var app = await TestApp.StartAsync(directory: directory).WaitAsync(Limit);

        using var client = app.CreateClient();
        Assert.True((await client.GetAsync("health")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Start_UpToDateButLocked_DoesNotWait()
    {
        await using var app = await TestApp.StartAsync();
        await app.StopAsync();
        var directory = new TestDirectory();
        foreach (string file in Directory.GetFiles(app.DataDirectory, "chat.db*"))
            File.Copy(file, Path.Combine(directory.Path, Path.GetFileName(file)));
        await ExecuteAsync(directory, StaleLock);

        await using var next = await TestApp.StartAsync(directory: directory).WaitAsync(Limit);

        // Nothing was migrated, so the lock was nobody's business.
        await using var db = await next.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(1, await db.Database.SqlQueryRaw<int>("""SELECT COUNT(*) AS "Value" FROM "__EFMigrationsLock" """).SingleAsync());
    }

    [Fact]
    public async Task Verbs_SeveralAtOnceOnAFreshDirectory_AllWork()
    {
        using var directory = new TestDirectory();

        var ends = await Task.WhenAll(Enumerable.Range(1, 4).Select(i =>
            Cli.RunAsync(directory.Path, "users", "create", "--email", $"user{i}@example.com", "--password", TestApp.Password)));

        Assert.All(ends, e => Assert.Equal((0, ""), (e.ExitCode, e.Error)));
    }

    private static async Task ExecuteAsync(TestDirectory directory, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(directory.Path, "chat.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
