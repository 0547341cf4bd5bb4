using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
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
    public async Task Migrate_TextsAndCallsFromBeforeTheIndexHadOwners_AreTheirOwners()
    {
        await using var app = await TestApp.StartAsync();
        var (ada, client) = await app.CreateCallerAsync();
        using var _ = client;
        var conversations = app.Services.GetRequiredService<ConversationService>();
        var (listed, temporary) = ((await conversations.CreateAsync(ada, "x", null, default)).Id, (await conversations.CreateAsync(ada, "y", null, default)).Id);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await db.Conversations.Where(c => c.Id == temporary).ExecuteUpdateAsync(set => set.SetProperty(c => c.IsTemporary, true));
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("SessionRotation");
        foreach (var id in new[] { listed, temporary })
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO messages (id, conversation_id, role, status, content, created_at) VALUES ({Guid.NewGuid()}, {id}, 'User', 'Completed', 'a needle', '2026-01-01')");
        }
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO agent_calls (id, agent, purpose, conversation_id, status, input_tokens, output_tokens, created_at) VALUES ({Guid.NewGuid()}, 'a', 'title', {listed}, 'Completed', 1, 1, '2026-01-01')");
        Assert.Equal(2, await db.Database.SqlQuery<int>($"SELECT count(*) AS Value FROM message_search WHERE message_search MATCH 'needle'").SingleAsync());

        await migrator.MigrateAsync();

        Assert.Equal(1, await db.Database.SqlQuery<int>($"SELECT count(*) AS Value FROM message_search WHERE message_search MATCH 'needle'").SingleAsync());
        Assert.Equal(listed, Assert.Single(await app.Services.GetRequiredService<ConversationSearch>().FindAsync(ada, "needle", 10, default)).ConversationId);
        Assert.Equal(ada.Id, await db.AgentCalls.Select(c => c.OwnerId).SingleAsync());
        await app.Services.GetRequiredService<ConversationEdits>().DeleteAsync(ada, listed, default);
        await db.Database.ExecuteSqlAsync($"INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)");
        Assert.Equal("ok", await db.Database.SqlQuery<string>($"SELECT integrity_check AS Value FROM pragma_integrity_check").SingleAsync());
        Assert.Empty(await db.Database.SqlQuery<string>($"SELECT \"table\" AS Value FROM pragma_foreign_key_check").ToListAsync());
    }

    [Fact]
    public async Task Connections_CutTheWalToWhatIsTidied()
    {
        await using var app = await TestApp.StartAsync();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(SqlitePragmas.LargeWal, await db.Database.SqlQueryRaw<int>("SELECT journal_size_limit AS Value FROM pragma_journal_size_limit").SingleAsync());
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
