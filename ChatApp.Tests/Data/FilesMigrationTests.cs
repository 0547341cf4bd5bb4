using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Data;

/// <summary>The table of files was written anew so that nothing stands behind their content.</summary>
public sealed class FilesMigrationTests
{
    private const string Before = "20261121105317_SessionRotation";

    [Fact]
    public async Task Files_OfAnOlderInstallation_KeepTheirContentAndTheirMessages()
    {
        var directory = new TestDirectory();
        var ids = new { User = Guid.NewGuid(), Talk = Guid.NewGuid(), Message = Guid.NewGuid(), File = Guid.NewGuid() };
        await using (var db = new SqliteChatDbContext(new DbContextOptionsBuilder<SqliteChatDbContext>()
            .UseSqlite($"Data Source={Path.Combine(directory.Path, "chat.db")};Pooling=False").Options))
        {
            await db.GetService<IMigrator>().MigrateAsync(Before);
            var (user, talk, message, file) = (Text(ids.User), Text(ids.Talk), Text(ids.Message), Text(ids.File));
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO users (id, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, created_at)
                VALUES ({user}, 0, 0, 0, 0, 0, '2026-01-01');
                INSERT INTO conversations (id, owner_id, title, created_at, updated_at) VALUES ({talk}, {user}, 'T', '2026-01-01', '2026-01-01');
                INSERT INTO messages (id, conversation_id, role, status, content, created_at) VALUES ({message}, {talk}, 'User', 'Completed', 'Hi', '2026-01-01');
                INSERT INTO files (id, owner_id, name, media_type, content, size, created_at) VALUES ({file}, {user}, 'a.txt', 'text/plain', x'414243', 3, '2026-01-01');
                INSERT INTO message_attachments (message_id, position, url) VALUES ({message}, 0, 'https://example.com/a.png');
                INSERT INTO message_attachments (message_id, position, file_id) VALUES ({message}, 1, {file});
                INSERT INTO preferences (account_id, picture_id) VALUES ({user}, {file});
                """);
        }

        await using var app = await TestApp.StartAsync(directory: directory);

        await using var now = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        var stored = await now.Files.SingleAsync();
        Assert.Equal(("a.txt", "ABC", 3L), (stored.Name, System.Text.Encoding.ASCII.GetString(stored.Content), stored.Size));
        Assert.Equal([null, ids.File], await now.MessageAttachments.OrderBy(a => a.Position).Select(a => a.FileId).ToListAsync());
        Assert.Equal(ids.File, (await now.Preferences.SingleAsync()).PictureId);
        Assert.Empty(await now.Database.SqlQuery<string>($"SELECT \"table\" AS Value FROM pragma_foreign_key_check").ToListAsync());
        Assert.Equal("content", await now.Database.SqlQuery<string>($"SELECT name AS Value FROM pragma_table_info('files') ORDER BY cid DESC LIMIT 1").SingleAsync());
    }

    [Fact]
    public async Task Files_SumOfSizes_IsReadFromTheIndex()
    {
        await using var app = await TestApp.StartAsync();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN SELECT SUM(size) FROM files WHERE owner_id = 'x'";
        await using var plan = await command.ExecuteReaderAsync();
        Assert.True(await plan.ReadAsync());
        Assert.Contains("COVERING INDEX ix_files_owner_id_size", plan.GetString(3), StringComparison.Ordinal);
    }

    private static string Text(Guid id) => id.ToString().ToUpperInvariant();
}
