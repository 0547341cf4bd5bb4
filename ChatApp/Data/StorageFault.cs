using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatApp.Data;

/// <summary>Errors of the database that are no fault of the request: no room, no permission, locked for too long.</summary>
public static class StorageFault
{
    /// <summary>What a person is told; null where it is another error.</summary>
    public static RequestProblem? Explain(Exception exception) => (exception as SqliteException ?? exception.InnerException as SqliteException)?.SqliteErrorCode
        is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN
        ? new RequestProblem(503, "storage_unavailable", "The server could not store this: its disk is full or its database locked. Nothing was changed. Try again later.")
            { RetryAfter = TimeSpan.FromSeconds(2) }
        : null;
}
