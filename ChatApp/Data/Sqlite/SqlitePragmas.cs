using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatApp.Data.Sqlite;

/// <summary>
/// Settings of every connection that EF opens. WAL lets readers run beside the one writer; NORMAL syncs at checkpoints
/// only, which a process crash cannot lose. SQLite before 3.51.3 can corrupt the WAL when two connections checkpoint at
/// once, so only the run log's connection does; whoever then begins the WAL anew cuts it to <see cref="LargeWal"/>. A statement waits
/// 5 s for another writer, here and in the connection string. A dozen connections with SQLite's own 2 MB of cache each would be a tenth
/// of the server's memory; the file is in the system's.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    /// <summary>Bytes of write-ahead log above which it is tidied in quiet moments, and to which it is cut: larger, it would be tidied for ever.</summary>
    public const int LargeWal = 32 * 1024 * 1024;

    public static readonly string Reader =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0; "
        + $"PRAGMA cache_size=-512; PRAGMA journal_size_limit={LargeWal};";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        // EF looks read-only whether the database is there; one that is not in WAL mode yet would refuse to be changed.
        command.CommandText = connection.ConnectionString.Contains("Mode=ReadOnly", StringComparison.OrdinalIgnoreCase) ? "PRAGMA busy_timeout=10000" : Reader;
        command.ExecuteNonQuery();
    }
}
