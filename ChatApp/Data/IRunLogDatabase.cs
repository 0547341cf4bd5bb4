using System.Data.Common;

namespace ChatApp.Data;

/// <summary>What the run log needs of a database beyond plain SQL.</summary>
public interface IRunLogDatabase
{
    /// <summary>Opens the log's own connection. Its statements are prepared, and nothing else uses it.</summary>
    DbConnection Open();

    /// <summary>Whether a row was refused (duplicate key, missing parent) rather than the database being unable to write.</summary>
    bool IsConstraintViolation(DbException exception);
}
