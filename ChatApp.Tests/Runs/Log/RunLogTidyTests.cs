using ChatApp.Data;
using ChatApp.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>What others write, such as an import, leaves the write-ahead log although the run log itself has nothing to store.</summary>
public sealed class RunLogTidyTests
{
    [Fact]
    public async Task Tidy_AfterMuchWasWrittenElsewhere_CheckpointsAndTheNextWriterCutsTheLog()
    {
        using var directory = new LogDirectory();
        using var log = directory.OpenLog(NullLogger<SqliteRunLogDatabase>.Instance);
        string file = ((SqliteConnection)log.Connection).DataSource;
        await WriteAsync(directory, 10);
        long before = new FileInfo(file).Length;
        log.Tidy();
        Assert.Equal(before, new FileInfo(file).Length);

        await WriteAsync(directory, 80);
        Assert.True(new FileInfo(file + "-wal").Length > 80_000_000);
        log.Tidy();
        Assert.True(new FileInfo(file).Length > 80_000_000);

        await WriteAsync(directory, 1);
        Assert.InRange(new FileInfo(file + "-wal").Length, 0, 64 * 1024 * 1024);
    }

    private static Task<int> WriteAsync(LogDirectory directory, int megabytes) => directory.QueryAsync(async db =>
    {
        for (int i = 0; i < megabytes; i++)
            await db.Database.ExecuteSqlAsync($"INSERT INTO run_log_batches (id, data) SELECT 1 + COALESCE(MAX(id), 0), zeroblob(1000000) FROM run_log_batches");
        return 0;
    });
}
