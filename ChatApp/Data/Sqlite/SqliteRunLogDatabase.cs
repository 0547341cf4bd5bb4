using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace ChatApp.Data.Sqlite;

/// <summary>The one connection that checkpoints; see <see cref="SqlitePragmas"/>.</summary>
internal sealed class SqliteRunLogDatabase(IOptions<DataOptions> options) : IRunLogDatabase
{
    private const int Constraint = 19;

    public DbConnection Open()
    {
        // Not pooled: its checkpointing must end with it.
        var connection = new SqliteConnection(options.Value.SqliteConnectionString + ";Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        // A larger WAL than the default 1,000 pages: the tail pages of the log are rewritten many times between checkpoints.
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000; PRAGMA wal_autocheckpoint=4000;";
        command.ExecuteNonQuery();
        return connection;
    }

    public bool IsConstraintViolation(DbException exception) => exception is SqliteException { SqliteErrorCode: Constraint };
}
