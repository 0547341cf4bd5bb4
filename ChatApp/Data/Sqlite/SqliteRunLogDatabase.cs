using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace ChatApp.Data.Sqlite;

/// <summary>Opens the one connection that checkpoints (see <see cref="SqlitePragmas"/>), for the one process that serves this file.</summary>
internal sealed partial class SqliteRunLogDatabase(IOptions<DataOptions> options, ILogger<SqliteRunLogDatabase> logger) : IRunLogDatabase
{
    public IRunLogConnection Open()
    {
        var serving = LockDirectory(options.Value.FullDirectory);
        // Not pooled: its checkpointing must end with it.
        var connection = new SqliteConnection(options.Value.SqliteConnectionString + ";Pooling=False");
        try
        {
            connection.Open();
            // A short wait for other writers, because every answer of the process waits with it; the log tries again by itself.
            // A larger WAL than the default 1,000 pages: the log's last pages are rewritten many times between checkpoints.
            Execute(connection, 
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000; PRAGMA wal_autocheckpoint=4000; "
                + $"PRAGMA journal_size_limit={SqlitePragmas.LargeWal};");
            Recover(connection);
            return new SqliteRunLogConnection(connection, serving);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            serving.Dispose();
            throw SqliteTrouble.At(connection.DataSource, e);
        }
    }

    public bool IsConstraintViolation(DbException exception) => exception is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT };

    /// <summary>Two servers on one file would each take the other's runs for dead ones.</summary>
    private static FileStream LockDirectory(string directory)
    {
        try
        {
            return SqliteServerLock.Take(directory);
        }
        catch (IOException e)
        {
            throw new IOException($"Another ChatApp server is using {directory}. Stop it, or give this one a directory of its own with Data:Directory.", e);
        }
    }

    /// <summary>Settles what an earlier process had appended. A chunk that had settled before is passed over.</summary>
    private void Recover(SqliteConnection connection)
    {
        var runs = new HashSet<Guid>();
        long settled = 0;
        using var transaction = connection.BeginTransaction();
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT data FROM run_log_batches ORDER BY id";
        using var settle = connection.CreateCommand();
        settle.CommandText =
            """
            INSERT INTO run_events (run_id, first_seq, last_seq, data) SELECT @run, @first, @last, @data
            WHERE EXISTS (SELECT 1 FROM runs WHERE id = @run)
              AND @first > COALESCE((SELECT MAX(last_seq) FROM run_events WHERE run_id = @run), 0)
            """;
        using (var batches = read.ExecuteReader())
        {
            while (batches.Read())
            {
                foreach (var (runId, firstSeq, lastSeq, events) in RunLogBatchFormat.Read((byte[])batches[0]))
                {
                    settle.Parameters.Clear();
                    settle.Parameters.AddWithValue("@run", runId);
                    settle.Parameters.AddWithValue("@first", firstSeq);
                    settle.Parameters.AddWithValue("@last", lastSeq);
                    settle.Parameters.AddWithValue("@data", events);
                    if (settle.ExecuteNonQuery() == 0)
                        continue;
                    runs.Add(runId);
                    settled += lastSeq - firstSeq + 1;
                }
            }
        }
        Execute(connection, "DELETE FROM run_log_batches");
        transaction.Commit();
        if (settled > 0)
            LogRecovered(settled, runs.Count);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last process ended without notice: {Events} events of {Runs} answers were recovered from the run log.")]
    private partial void LogRecovered(long events, int runs);
}
