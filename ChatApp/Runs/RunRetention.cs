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
        List<Guid> runs;
        do
        {
            runs = await db.Database.SqlQuery<Guid>(
                $"SELECT DISTINCT run_id AS Value FROM run_events JOIN runs ON id = run_id WHERE run_id < {bound} AND finished_at < {ended} ORDER BY run_id LIMIT {BatchSize}")
                .ToListAsync(cancellationToken);
            await db.RunEvents.Where(e => runs.Contains(e.RunId)).ExecuteDeleteAsync(cancellationToken);
        }
        while (runs.Count == BatchSize);
    }

    /// <summary>Runs whose events are deleted in one statement: while it lasts, nobody else can write.</summary>
    internal const int BatchSize = 200;
}
