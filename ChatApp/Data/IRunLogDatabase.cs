using System.Data.Common;

namespace ChatApp.Data;

/// <summary>What the run log needs of a database beyond plain SQL.</summary>
public interface IRunLogDatabase
{
    /// <summary>Opens the log's own connection, which nothing else uses.</summary>
    IRunLogConnection Open();

    /// <summary>Whether a row was refused (duplicate key, missing parent) rather than the database being unable to write.</summary>
    bool IsConstraintViolation(DbException exception);
}

/// <summary>The run log's connection. Events are its hot path, so inserting one is not left to a general command.</summary>
public interface IRunLogConnection : IDisposable
{
    /// <summary>For all other statements, in the same transaction.</summary>
    DbConnection Connection { get; }

    void Begin();

    void Commit();

    void Rollback();

    /// <summary>Inserts a row of <c>run_events</c>. False when the run's row is gone or the seq is taken; nothing is changed then.</summary>
    /// <param name="runKey">The run's id as <see cref="KeyOf"/> gave it.</param>
    /// <exception cref="DbException">The database can't write.</exception>
    bool TryInsertEvent(byte[] runKey, long seq, int kind, int block, string data);

    /// <summary>A run's id as the database stores it, made once per run.</summary>
    byte[] KeyOf(Guid runId);
}
