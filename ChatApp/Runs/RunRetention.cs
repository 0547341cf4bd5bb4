using ChatApp.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>Deletes what is kept for a while only: the events of runs that have long ended, and expired idempotency keys.</summary>
internal sealed class RunRetention(IDbContextFactory<ChatDbContext> databases, IOptions<RunOptions> options, TimeProvider time)
{
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var expired = (now - options.Value.KeyRetention).UtcDateTime;
        await db.IdempotencyKeys.Where(k => k.CreatedAt < expired).ExecuteDeleteAsync(cancellationToken);

        // Run ids are in the order of their creation, so this looks only at what it deletes.
        var cutoff = now - options.Value.EventRetention;
        var bound = Guid.CreateVersion7(cutoff);
        var ended = cutoff.UtcDateTime;
        await db.Database.ExecuteSqlAsync(
            $"DELETE FROM run_events WHERE run_id < {bound} AND run_id IN (SELECT id FROM runs WHERE id < {bound} AND finished_at < {ended})", cancellationToken);
    }
}
