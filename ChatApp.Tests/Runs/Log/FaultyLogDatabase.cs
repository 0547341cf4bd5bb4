using System.Data.Common;
using ChatApp.Data;
using Microsoft.Data.Sqlite;

namespace ChatApp.Tests.Runs.Log;

/// <summary>The real run log of SQLite, which refuses commits when it is told to: as a full disk does, or for ever, as a process that has died.</summary>
internal sealed class FaultyLogDatabase(IRunLogDatabase inner) : IRunLogDatabase
{
    private int _commitsToFail;
    private volatile bool _isDead;

    private Action<DbConnection>? _beforeBegin;

    /// <summary>Ends when a commit has failed, for whatever reason, since <see cref="Do"/>.</summary>
    public Task Failed => _failed.Task;

    private TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Does something to the log's connection on the writer's thread, before its next transaction.</summary>
    public void Do(string sql)
    {
        _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _beforeBegin = connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        };
    }

    /// <summary>The next commits fail with SQLITE_FULL.</summary>
    public void FailCommits(int count) => Interlocked.Exchange(ref _commitsToFail, count);

    /// <summary>From now on nothing reaches the database, in whatever it is just doing.</summary>
    public void Die() => _isDead = true;

    public IRunLogConnection Open() => new FaultyConnection(this, inner.Open());

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
        throw new SqliteException("database or disk is full", 13);
    }

    private sealed class FaultyConnection(FaultyLogDatabase owner, IRunLogConnection inner) : IRunLogConnection
    {
        public DbConnection Connection => inner.Connection;

        public long Batch => inner.Batch;

        public void Begin()
        {
            Interlocked.Exchange(ref owner._beforeBegin, null)?.Invoke(inner.Connection);
            inner.Begin();
        }

        public void Commit()
        {
            try
            {
                owner.Meet();
                inner.Commit();
            }
            catch (SqliteException)
            {
                owner._failed.TrySetResult();
                throw;
            }
        }

        public void Rollback() => inner.Rollback();

        public void Append(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events) => inner.Append(runId, firstSeq, lastSeq, events);

        public bool TrySettle(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events) => inner.TrySettle(runId, firstSeq, lastSeq, events);

        public void Trim(long beforeBatch) => inner.Trim(beforeBatch);

        public void Dispose() => inner.Dispose();
    }
}
