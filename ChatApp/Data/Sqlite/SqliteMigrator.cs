using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Data.Sqlite;

/// <summary>Brings the schema up to date, one process at a time.</summary>
internal sealed class SqliteMigrator(IDbContextFactory<SqliteChatDbContext> databases, IOptions<DataOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="IOException">The database can't be read or written, or a server works with it that does not know the new schema. The message says so to a person.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
                await MigrateInTurnAsync(db, cancellationToken);
        }
        catch (SqliteException e) when (e.SqliteErrorCode != SQLitePCL.raw.SQLITE_ERROR)
        {
            throw SqliteTrouble.At(options.Value.DatabaseFile, e);
        }
    }

    private async Task MigrateInTurnAsync(SqliteChatDbContext db, CancellationToken cancellationToken)
    {
        await using var turn = await TakeTurnAsync(cancellationToken);
        // Another process may have done it meanwhile, and serve by now.
        if (!(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            return;
        await using var serving = KeepServersOut();
        // EF's own lock is a row, which outlives a process that is killed in the middle of a migration; the next one would wait for
        // ever. Whoever has the turn knows that nobody else is migrating, so a row that is there is such a one.
        await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>A server of an earlier version would have its tables changed under the statements that it has prepared.</summary>
    private FileStream KeepServersOut()
    {
        try
        {
            return SqliteServerLock.Take(options.Value.FullDirectory);
        }
        catch (IOException e)
        {
            throw new IOException(
                $"A ChatApp server of an earlier version is using {options.Value.FullDirectory}, and this one must change its database first. Stop that server, then start again.", e);
        }
    }

    /// <summary>Locks a file, which the system unlocks with the process, however that ends.</summary>
    /// <exception cref="IOException">It is another process's turn for longer than a minute.</exception>
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        string file = Path.Combine(options.Value.FullDirectory, "migration.lock");
        long since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (IOException e)
            {
                throw new IOException($"Another ChatApp process is migrating {options.Value.FullDirectory}. Wait for it, or stop it. ({e.Message})", e);
            }
        }
    }
}
