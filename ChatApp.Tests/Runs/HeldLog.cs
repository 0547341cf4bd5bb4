using System.Data.Common;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Data.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Runs;

/// <summary>The run log of SQLite, which a test can hold before or behind a commit, so that what happens only in that moment happens.</summary>
internal sealed class HeldLog : IRunLogDatabase
{
    private SqliteRunLogDatabase _inner = null!;
    private Moment? _before, _behind;

    /// <summary>Puts itself in front of the application's log.</summary>
    public void Install(WebApplicationBuilder builder) => builder.Services.AddSingleton<IRunLogDatabase>(s =>
    {
        _inner = ActivatorUtilities.CreateInstance<SqliteRunLogDatabase>(s);
        return this;
    });

    /// <summary>Holds the next transaction before it begins, with what it is to commit already in the writer's hands.</summary>
    public Moment HoldBeforeCommit() => Hold(ref _before);

    /// <summary>Holds the next transaction when it is committed, but nobody has been told.</summary>
    public Moment HoldBehindCommit() => Hold(ref _behind);

    public IRunLogConnection Open() => new HeldConnection(this, _inner.Open());

    public IReadOnlyList<RunEventChunk> ReadUnsettled(Guid runId) => _inner.ReadUnsettled(runId);

    public bool IsConstraintViolation(DbException exception) => _inner.IsConstraintViolation(exception);

    private static Moment Hold(ref Moment? place)
    {
        var moment = new Moment();
        Volatile.Write(ref place, moment);
        return moment;
    }

    /// <summary>A place where the writer waits.</summary>
    internal sealed class Moment
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly object _gate = new();
        private bool _isReleased;

        public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public void Release()
        {
            lock (_gate)
            {
                _isReleased = true;
                Monitor.PulseAll(_gate);
            }
        }

        /// <summary>On the writer's own thread, which may block.</summary>
        internal void Pass()
        {
            _reached.TrySetResult();
            lock (_gate)
            {
                while (!_isReleased)
                    Monitor.Wait(_gate);
            }
        }
    }

    private sealed class HeldConnection(HeldLog owner, IRunLogConnection inner) : IRunLogConnection
    {
        public void Tidy() => inner.Tidy();

        public DbConnection Connection => inner.Connection;

        public long Batch => inner.Batch;

        public void Begin()
        {
            Take(ref owner._before)?.Pass();
            inner.Begin();
        }

        public void Commit()
        {
            inner.Commit();
            Take(ref owner._behind)?.Pass();
        }

        public void Rollback() => inner.Rollback();

        public void Append(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events) => inner.Append(runId, firstSeq, lastSeq, events);

        public bool TrySettle(Guid runId, long firstSeq, long lastSeq, ReadOnlySpan<byte> events) => inner.TrySettle(runId, firstSeq, lastSeq, events);

        public void Trim(long beforeBatch) => inner.Trim(beforeBatch);

        public void Dispose() => inner.Dispose();

        private static Moment? Take(ref Moment? moment) => Interlocked.Exchange(ref moment, null);
    }
}
