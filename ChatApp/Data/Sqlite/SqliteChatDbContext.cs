using Microsoft.EntityFrameworkCore;

namespace ChatApp.Data.Sqlite;

/// <summary>The schema on SQLite.</summary>
public sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options) : ChatDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        builder.Entity<RunLogBatch>(batch =>
        {
            batch.ToTable("run_log_batches");
            batch.Property(b => b.Id).ValueGeneratedNever();
        });
        base.OnModelCreating(builder);
    }
}

/// <summary>
/// What one commit of the run log appended, of all runs together: one row at the table's end, where a row per run would
/// touch a page per run. Kept until the events of all its runs stand in <c>run_events</c>. docs/decisions/0004-run-log.md
/// </summary>
public sealed class RunLogBatch
{
    /// <summary>1, 2, 3 … in the order of the commits.</summary>
    public long Id { get; set; }

    /// <summary>Chunks of events, as <see cref="RunLogBatchFormat"/> writes them.</summary>
    public required byte[] Data { get; set; }
}
