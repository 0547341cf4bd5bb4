using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatApp.Data.Sqlite;

/// <summary>
/// The statements that run per event, on SQLite's own interface: through ADO.NET an insert costs about four times as much,
/// most of it in commands and readers that it does not need (docs/performance.md).
/// </summary>
internal sealed class SqliteRunLogConnection : IRunLogConnection
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly sqlite3_stmt _begin, _commit, _rollback, _insertEvent;
    private byte[] _text = new byte[1024];

    public SqliteRunLogConnection(SqliteConnection connection)
    {
        _connection = connection;
        _handle = HandleOf(connection);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insertEvent = Prepare("INSERT INTO run_events (run_id, seq, kind, block, data) VALUES (?1, ?2, ?3, ?4, ?5)");
    }

    public DbConnection Connection => _connection;

    public void Begin() => Check(Step(_begin));

    public void Commit() => Check(Step(_commit));

    public void Rollback() => Check(Step(_rollback));

    /// <summary>As EF Core stores a Guid: text in upper case.</summary>
    public byte[] KeyOf(Guid runId) => Encoding.ASCII.GetBytes(runId.ToString().ToUpperInvariant());

    public bool TryInsertEvent(byte[] runKey, long seq, int kind, int block, string data)
    {
        int most = Encoding.UTF8.GetMaxByteCount(data.Length);
        if (_text.Length < most)
            _text = new byte[most];
        int length = Encoding.UTF8.GetBytes(data, _text);
        Check(raw.sqlite3_bind_text(_insertEvent, 1, runKey));
        Check(raw.sqlite3_bind_int64(_insertEvent, 2, seq));
        Check(raw.sqlite3_bind_int(_insertEvent, 3, kind));
        Check(raw.sqlite3_bind_int(_insertEvent, 4, block));
        // An empty span would be a null pointer, and that NULL.
        Check(length == 0 ? raw.sqlite3_bind_text(_insertEvent, 5, "") : raw.sqlite3_bind_text(_insertEvent, 5, _text.AsSpan(0, length)));
        int result = Step(_insertEvent);
        // A refused row undoes its own statement only; the transaction goes on (SQLite, "Response To Errors Within A Transaction").
        if (result == raw.SQLITE_CONSTRAINT)
            return false;
        Check(result);
        return true;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _rollback, _insertEvent })
            statement.Dispose();
        _connection.Dispose();
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
