using System.Buffers;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatApp.Data.Sqlite;

/// <summary>
/// The statements of every commit, on SQLite's own interface: through ADO.NET they cost several times as much, most of it in
/// commands and readers that they do not need (docs/performance.md). A commit's events are one row of <c>run_log_batches</c>.
/// </summary>
internal sealed class SqliteRunLogConnection : IRunLogConnection
{
    private readonly SqliteConnection _connection;
    private readonly FileStream _serving;
    private readonly sqlite3 _handle;
    private readonly sqlite3_stmt _begin, _commit, _rollback, _insertBatch, _insertEvents, _trim;
    private readonly ArrayBufferWriter<byte> _batch = new(64 * 1024);
    private DateTime _tidied;

    /// <param name="serving">The lock on the data directory, held as long as this connection.</param>
    public SqliteRunLogConnection(SqliteConnection connection, FileStream serving)
    {
        _connection = connection;
        _serving = serving;
        _handle = HandleOf(connection);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insertBatch = Prepare("INSERT INTO run_log_batches (id, data) VALUES (?1, ?2)");
        _insertEvents = Prepare("INSERT INTO run_events (run_id, first_seq, last_seq, data) VALUES (?1, ?2, ?3, ?4)");
        _trim = Prepare("DELETE FROM run_log_batches WHERE id < ?1");
    }

    public DbConnection Connection => _connection;

    public long Batch { get; private set; } = 1;

    public void Begin()
    {
        _batch.ResetWrittenCount();
        Check(Step(_begin));
    }

    public void Commit()
    {
        if (_batch.WrittenCount > 0)
        {
            Check(raw.sqlite3_bind_int64(_insertBatch, 1, Batch));
            Check(raw.sqlite3_bind_blob(_insertBatch, 2, _batch.WrittenSpan));
            Check(Step(_insertBatch));
        }
        Check(Step(_commit));
        Batch++;
    }

    public void Rollback() => Check(Step(_rollback));

    public void Append(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events) =>
        RunLogBatchFormat.Write(_batch, runId, firstSeq, lastSeq, events);

    public bool TrySettle(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events)
    {
        // As EF Core stores a Guid: text in upper case.
        Check(raw.sqlite3_bind_text(_insertEvents, 1, runId.ToString().ToUpperInvariant()));
        Check(raw.sqlite3_bind_int64(_insertEvents, 2, firstSeq));
        Check(raw.sqlite3_bind_int64(_insertEvents, 3, lastSeq));
        Check(raw.sqlite3_bind_blob(_insertEvents, 4, events));
        int result = Step(_insertEvents);
        // A refused row undoes its own statement only; the transaction goes on (SQLite, "Response To Errors Within A Transaction").
        if (result == raw.SQLITE_CONSTRAINT)
            return false;
        Check(result);
        return true;
    }

    public void Trim(long beforeBatch)
    {
        Check(raw.sqlite3_bind_int64(_trim, 1, beforeBatch));
        Check(Step(_trim));
    }

    public void Tidy()
    {
        // What others write, an import above all, is checkpointed by nobody else (SqlitePragmas). Not waiting for readers: the next time does the rest.
        if (new FileInfo(_connection.DataSource + "-wal") is not { Exists: true, Length: > SqlitePragmas.LargeWal } wal || wal.LastWriteTimeUtc == _tidied)
            return;
        _tidied = wal.LastWriteTimeUtc;
        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _rollback, _insertBatch, _insertEvents, _trim })
            statement.Dispose();
        _connection.Dispose();
        _serving.Dispose();
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement));
        return statement;
    }

    /// <summary>Runs a statement that gives no rows, and makes it ready for the next time.</summary>
    private static int Step(sqlite3_stmt statement)
    {
        int result = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        return result == raw.SQLITE_DONE ? raw.SQLITE_OK : result & 0xFF;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw new SqliteException(raw.sqlite3_errmsg(_handle).utf8_to_string(), result & 0xFF, raw.sqlite3_extended_errcode(_handle));
    }

    // By reflection: the compiler refuses members whose types are of SQLitePCLRaw 2.1 (see SqliteNativeLibrary); at run time
    // there is one assembly only.
    private static sqlite3 HandleOf(SqliteConnection connection) =>
        (sqlite3)(typeof(SqliteConnection).GetProperty("Handle")!.GetValue(connection)
            ?? throw new InvalidOperationException("The connection is not open."));
}
