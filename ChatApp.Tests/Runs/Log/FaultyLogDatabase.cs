using System.Data.Common;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.Data.Sqlite;

namespace ChatApp.Tests.Runs.Log;

/// <summary>
/// The real run log of SQLite, which fails when it is told to: at a given call, for want of space (a real SQLITE_FULL), or for
/// ever, as a process that has died.
/// </summary>
/// <param name="stretch">By how much each commit raises the batch number: settling and trimming, which wait for thousands of batches, come as much sooner.</param>
internal sealed class FaultyLogDatabase(IRunLogDatabase inner, int stretch = 1) : IRunLogDatabase
{
    private readonly Lock _gate = new();
    private int _callsToFailure = -1;
    private bool _isDead;
    private bool _diesAfterCommit;
    private string? _pragma;
    private int _failuresToCome;
    private TaskCompletionSource? _failed;
    private Guid _poison;
    private int _poisoned;

    /// <summary>Called when a transaction can't begin, with the writer's thread.</summary>
    public Action OnLocked { get; set; } = static () => { };

    /// <summary>Nothing of this run can be stored, for a reason that is no fault of the storage: a real SQLite would say SQLITE_TOOBIG.</summary>
    /// <param name="attempts">After so many attempts to store it it is well again; never by default.</param>
    public void Poison(Guid run, int attempts = int.MaxValue)
    {
        lock (_gate)
            (_poison, _poisoned) = (run, attempts);
    }

    /// <summary>Ends when so many more transactions have been given up.</summary>
    public Task FailedAsync(int times)
    {
        lock (_gate)
        {
            _failuresToCome = times;
            return (_failed = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The call after so many others fails; one call.</summary>
    public void FailAfter(int calls)
    {
        lock (_gate)
            _callsToFailure = calls;
    }

    /// <summary>From the next transaction on the file does not grow. What it holds of free pages can still be used.</summary>
    public void Fill() => Run("PRAGMA max_page_count=1");

    /// <summary>From the next transaction on there is room.</summary>
    public void MakeRoom() => Run("PRAGMA max_page_count=1073741823");

    /// <summary>Has the log's connection carry out a statement before its next transaction, on the thread that it belongs to.</summary>
    public void Run(string pragma)
    {
        lock (_gate)
            _pragma = pragma;
    }

    /// <summary>From now on nothing reaches the file, in whatever the log is just doing.</summary>
    public void Die()
    {
        lock (_gate)
            _isDead = true;
    }

    /// <summary>The next commit reaches the file, and nobody hears of it, because then it dies.</summary>
    public void DieAfterCommit()
    {
        lock (_gate)
            _diesAfterCommit = true;
    }

    public IRunLogConnection Open() => new FaultyConnection(this, inner.Open());

    public IReadOnlyList<RunEventChunk> ReadUnsettled(Guid runId) => inner.ReadUnsettled(runId);

    public bool IsConstraintViolation(DbException exception) => inner.IsConstraintViolation(exception);

    private void Meet(Guid run = default)
    {
        lock (_gate)
        {
            if (run != default && run == _poison && _poisoned-- > 0)
                throw new SqliteException("string or blob too big", 18);
            if (_isDead)
                throw new SqliteException("The process is dead.", 10);
            if (_callsToFailure < 0 || _callsToFailure-- > 0)
                return;
            throw new SqliteException("disk I/O error", 10);
        }
    }

    private void Count()
    {
        lock (_gate)
        {
            if (--_failuresToCome == 0)
                _failed!.SetResult();
        }
    }

    private sealed class FaultyConnection(FaultyLogDatabase owner, IRunLogConnection inner) : IRunLogConnection
    {
        public void Tidy() => inner.Tidy();

        public DbConnection Connection => inner.Connection;

        public long Batch => inner.Batch * owner.Stretch;

        public void Begin()
        {
            string? pragma;
            lock (owner._gate)
                (pragma, owner._pragma) = (owner._pragma, null);
            if (pragma != null)
            {
                using var command = inner.Connection.CreateCommand();
                command.CommandText = pragma;
                command.ExecuteNonQuery();
            }
            owner.Meet();
            try
            {
                inner.Begin();
            }
            catch (SqliteException)
            {
                owner.OnLocked();
                owner.Count();
                throw;
            }
        }

        public void Commit()
        {
            owner.Meet();
            inner.Commit();
            lock (owner._gate)
                owner._isDead |= owner._diesAfterCommit;
            if (owner._diesAfterCommit)
                owner.Meet();
        }

        public void Rollback()
        {
            owner.Count();
            inner.Rollback();
        }

        public void Append(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events)
        {
            owner.Meet(runId);
            inner.Append(runId, firstSeq, lastSeq, events);
        }

        public bool TrySettle(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events)
        {
            owner.Meet(runId);
            return inner.TrySettle(runId, firstSeq, lastSeq, events);
        }

        public void Trim(long beforeBatch)
        {
            owner.Meet();
            inner.Trim(beforeBatch / owner.Stretch);
        }

        public void Dispose() => inner.Dispose();
    }

    private int Stretch => stretch;
}
