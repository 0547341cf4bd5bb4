using System.Data.Common;
using ChatApp.Data.Entities;

namespace ChatApp.Data;

/// <summary>What the run log needs of a database beyond plain SQL.</summary>
public interface IRunLogDatabase
{
    /// <summary>
    /// Opens the log's own connection, which nothing else uses. When it returns, every event that was ever committed stands
    /// in <c>run_events</c>, those of a process that has crashed included.
    /// </summary>
    /// <exception cref="IOException">
    /// Another process has opened the log of a database that only one may serve, or the database can't be written. The message says so to a person.
    /// </exception>
    IRunLogConnection Open();

    /// <summary>What the log has of a run beyond <c>run_events</c>, in order: for a run of this process that it has given up. What has settled may be among it.</summary>
    /// <exception cref="DbException">The database can't be read.</exception>
    IReadOnlyList<RunEventChunk> ReadUnsettled(Guid runId);

    /// <summary>Whether a row was refused (duplicate key, missing parent) rather than the database being unable to write.</summary>
    bool IsConstraintViolation(DbException exception);
}

/// <summary>
/// The run log's connection. Events are its hot path, so they are first appended in the cheapest durable way, and settle in
/// <c>run_events</c> when their run ends or has gone on for long.
/// </summary>
public interface IRunLogConnection : IDisposable
{
    /// <summary>For all other statements, in the same transaction.</summary>
    DbConnection Connection { get; }

    /// <summary>Number of the batch that the current or next transaction appends; grows by one with each commit.</summary>
    long Batch { get; }

    void Begin();

    void Commit();

    void Rollback();

    /// <summary>Makes a chunk durable with this transaction.</summary>
    void Append(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events);

    /// <summary>Stores a chunk in <c>run_events</c>. False when the run's row is gone or the seq is taken; nothing is changed then.</summary>
    /// <exception cref="DbException">The database can't write.</exception>
    bool TrySettle(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events);

    /// <summary>Says that all events in batches before this one have settled, or are of runs that are gone.</summary>
    void Trim(long beforeBatch);

    /// <summary>Called now and then while nothing is to be stored: the time for what would slow down a commit.</summary>
    /// <exception cref="DbException">The database can't write.</exception>
    void Tidy();
}
