using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatApp.Data.Sqlite;

/// <summary>Says to a person why a program can't begin with its database, and what helps.</summary>
internal static class SqliteTrouble
{
    /// <param name="file">The database.</param>
    public static IOException At(string file, SqliteException e) => new($"ChatApp can't start, because its database {file} {What(e)} SQLite says: {e.Message}", e);

    private static string What(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "is locked: another program is writing to it. End that program and start again.",
        raw.SQLITE_FULL => "can't grow: the disk is full. Make room and start again; nothing is lost.",
        raw.SQLITE_READONLY => "is read-only for it. Let the server's user write to the file and its folder.",
        raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN => "can't be read or written. Check the disk, and that the server's user may write to the folder.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "is damaged. Restore a backup.",
        _ => "can't be opened.",
    };
}
