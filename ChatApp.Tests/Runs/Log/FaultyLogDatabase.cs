using System.Data.Common;
using ChatApp.Data;
using Microsoft.Data.Sqlite;

namespace ChatApp.Tests.Runs.Log;

/// <summary>The real run log of SQLite, which refuses commits when it is told to: as a full disk does, or for ever, as a process that has died.</summary>
internal sealed class FaultyLogDatabase(IRunLogDatabase inner) : IRunLogDatabase
{
    private int _commitsToFail;
    private volatile bool _isDead;

    /// <summary>How many commits were refused.</summary>
    public int Failed { get; private set; }

    /// <summary>The next commits fail with SQLITE_FULL.</summary>
    public void FailCommits(int count) => Interlocked.Exchange(ref _commitsToFail, count);

    /// <summary>From now on nothing reaches the database, in whatever it is just doing.</summary>
    public void Die() => _isDead = true;

    public IRunLogConnection Open() => new Connection(this, inner.Open());

    public bool IsConstraintViolation(DbException exception) => inner.IsConstraintViolation(exception);

    private void Meet()
    {
        if (_isDead)
            throw new SqliteException("The process is dead.", 10);
        if (Interlocked.Decrement(ref _commitsToFail) < 0)
        {
            Interlocked.Exchange(ref _commitsToFail, 0);
            return;
        }
        Failed++;
        throw new SqliteException("database or disk is full", 13);
    }

    private sealed class Connection(FaultyLogDatabase owner, IRunLogConnection inner) : IRunLogConnection
    {
        public DbConnection Connection => inner.Connection;

        public long Batch => inner.Batch;

        public void Begin() => inner.Begin();

        public void Commit()
        {
            owner.Meet();
            inner.Commit();
        }

        public void Rollback() => inner.Rollback();

        public void Append(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events) => inner.Append(runId, firstSeq, lastSeq, events);

        public bool TrySettle(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events) => inner.TrySettle(runId, firstSeq, lastSeq, events);

        public void Trim(long beforeBatch) => inner.Trim(beforeBatch);

        public void Dispose() => inner.Dispose();
    }
}
