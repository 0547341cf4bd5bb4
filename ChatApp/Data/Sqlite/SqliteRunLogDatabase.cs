using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace ChatApp.Data.Sqlite;

/// <summary>Opens the one connection that checkpoints (see <see cref="SqlitePragmas"/>), for the one process that serves this file.</summary>
internal sealed class SqliteRunLogDatabase(IOptions<DataOptions> options) : IRunLogDatabase
{
    public IRunLogConnection Open()
    {
        var serving = LockDirectory(options.Value.FullDirectory);
        // Not pooled: its checkpointing must end with it.
        var connection = new SqliteConnection(options.Value.SqliteConnectionString + ";Pooling=False");
        connection.Open();
        // A larger WAL than the default 1,000 pages: the log's last pages are rewritten many times between checkpoints.
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000; PRAGMA wal_autocheckpoint=4000;");
        Recover(connection);
        return new SqliteRunLogConnection(connection, serving);
    }

    public bool IsConstraintViolation(DbException exception) => exception is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT };

    /// <summary>Two servers on one file would each take the other's runs for dead ones. The system frees the lock with the process.</summary>
    private static FileStream LockDirectory(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"Another ChatApp server is using {directory}. Stop it, or give this one a directory of its own with Data:Directory.", e);
        }
    }

    /// <summary>Settles what an earlier process had appended. A chunk that had settled before is passed over.</summary>
    private static void Recover(SqliteConnection connection)
    {
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
                    settle.ExecuteNonQuery();
                }
            }
        }
        Execute(connection, "DELETE FROM run_log_batches");
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
