using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Data;

/// <summary>Tells a database that can take nothing just now from a fault of ours.</summary>
public static class StorageFaults
{
    private const int SqliteConstraint = 19;
    private const string UniqueViolation = "23505";

    /// <summary>Whether a unique index or another constraint has refused a row, rather than the database being unable to write.</summary>
    public static bool IsConstraintViolation(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteErrorCode: SqliteConstraint } or DbException { SqlState: UniqueViolation };

    /// <summary>Whether the database is full, read-only, locked or can't be reached: the same request may work later.</summary>
    public static bool IsUnavailable(Exception exception)
    {
        var cause = exception is DbUpdateException { InnerException: { } inner } ? inner : exception;
        // SQLITE_BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: https://www.sqlite.org/rescode.html
        return cause is SqliteException { SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14 };
    }
}
