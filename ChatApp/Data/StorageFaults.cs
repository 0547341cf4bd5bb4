using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Data;

/// <summary>Tells a database that can take nothing just now from a fault of ours.</summary>
public static class StorageFaults
{
    /// <summary>Whether the database is full, read-only, locked or can't be reached: the same request may work later.</summary>
    public static bool IsUnavailable(Exception exception)
    {
        var cause = exception is DbUpdateException { InnerException: { } inner } ? inner : exception;
        // SQLITE_BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: https://www.sqlite.org/rescode.html
        return cause is SqliteException { SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14 };
    }
}
