using System.Data.Common;
using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace ChatApp.Tests.Data;

/// <summary>Each migration is stored as a whole or not at all: a process that is killed in one leaves what the next start can migrate.</summary>
public sealed class MigrationKillTests
{
    public static TheoryData<string> Migrations()
    {
        using var db = Open(":memory:");
        return [.. db.Database.GetMigrations()];
    }

    [Theory]
    [MemberData(nameof(Migrations))]
    public void Up_NoCommand_LeavesTheTransaction(string id)
    {
        using var db = Open(":memory:");
        var migrations = db.GetService<IMigrationsAssembly>();
        var migration = migrations.CreateMigration(migrations.Migrations[id], db.Database.ProviderName!);
        var model = db.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel, designTime: true, validationLogger: null);

        var commands = db.GetService<IMigrationsSqlGenerator>().Generate(migration.UpOperations, model);

        Assert.NotEmpty(commands);
        Assert.Empty(commands.Where(c => c.TransactionSuppressed).Select(c => c.CommandText));
    }

    [Fact]
    public async Task Migrate_EachEndsBeforeItsRowOfTheHistoryOnce_MigratesInTheEnd()
    {
        using var directory = new TestDirectory();
        var kills = new EndBeforeHistory();
        int ended = 0;
        for (bool isDone = false; !isDone; ended += isDone ? 0 : 1)
        {
            await using var db = Open(Path.Combine(directory.Path, "chat.db"), kills);
            try
            {
                await db.Database.MigrateAsync();
                isDone = true;
            }
            catch (EndOfProcessException)
            {
            }
        }

        await using var now = Open(Path.Combine(directory.Path, "chat.db"));
        Assert.Equal(now.Database.GetMigrations().Count(), ended);
        Assert.Empty(await now.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task Migrate_All_MakesTheTablesOfTheModel()
    {
        using var directory = new TestDirectory();
        await using var migrated = Open(Path.Combine(directory.Path, "migrated.db"));
        await migrated.Database.MigrateAsync();
        await using var created = Open(Path.Combine(directory.Path, "created.db"));
        await created.Database.EnsureCreatedAsync();

        var expected = await DescribeAsync(created);
        Assert.True(expected.Count > 300);
        // The search index and the history are in no model.
        Assert.Equal(expected, (await DescribeAsync(migrated)).Where(line => !line.StartsWith("message_search", StringComparison.Ordinal) && !line.StartsWith('_')));
    }

    /// <summary>A line per column, foreign key and indexed column, without their order in the table.</summary>
    private static async Task<List<string>> DescribeAsync(SqliteChatDbContext db)
    {
        var lines = await db.Database.SqlQueryRaw<string>(
            """
            SELECT t.name || ' column ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk AS Value
                FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table'
            UNION ALL
            SELECT t.name || ' refers ' || f."from" || ' ' || f."table" || ' ' || f."to" || ' ' || f.on_delete
                FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
            UNION ALL
            SELECT t.name || ' index ' || i.name || ' ' || i."unique" || ' ' || x.seqno || ' ' || coalesce(x.name, '') || ' ' || x."desc" || ' ' || coalesce(x.coll, '') || ' '
                || iif(instr(s.sql, ' WHERE ') > 0, substr(s.sql, instr(s.sql, ' WHERE ')), '')
                FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_xinfo(i.name) x JOIN sqlite_schema s ON s.name = i.name WHERE t.type = 'table' AND x.key
            """).ToListAsync();
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static SqliteChatDbContext Open(string file, params IInterceptor[] interceptors) =>
        new(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite($"Data Source={file};Pooling=False").AddInterceptors([new SqlitePragmas(), .. interceptors]).Options);

    private sealed class EndOfProcessException : Exception;

    /// <summary>Ends each migration once when all of it but its row of the history has been carried out.</summary>
    private sealed class EndBeforeHistory : DbCommandInterceptor
    {
        private readonly HashSet<string> _ended = [];

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            command.CommandText.StartsWith("""INSERT INTO "__EFMigrationsHistory" """, StringComparison.Ordinal) && _ended.Add(command.CommandText)
                ? throw new EndOfProcessException()
                : ValueTask.FromResult(result);
    }
}
