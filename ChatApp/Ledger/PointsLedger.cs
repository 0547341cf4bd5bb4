using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Ledger;

/// <summary>
/// The points of each account: what it earned and purchased, less what its metered answers used. A balance may go below zero,
/// for an answer's price is known only at its end.
/// </summary>
public sealed class PointsLedger(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    private const int MaxGrant = 1_000_000_000;
    private const int MaxNote = 200;

    /// <summary>Points that are left; below 0 where more was used than received.</summary>
    public async Task<long> BalanceAsync(Guid ownerId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        long received = await db.PointsEntries.Where(e => e.OwnerId == ownerId).SumAsync(e => (long)e.Points, cancellationToken);
        long used = await db.Usage.Where(u => u.OwnerId == ownerId && u.Points != null).SumAsync(u => (long)u.Points!, cancellationToken);
        return received - used;
    }

    /// <summary>Newest first, at most <paramref name="limit"/>, those behind <paramref name="before"/> where given.</summary>
    public async Task<IReadOnlyList<LedgerLine>> ListAsync(Guid ownerId, int limit, PageCursor? before, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var received = db.PointsEntries.AsNoTracking().Where(e => e.OwnerId == ownerId);
        var used = db.Usage.AsNoTracking().Where(u => u.OwnerId == ownerId && u.Points != null);
        if (before is var (at, id))
        {
            received = received.Where(e => e.CreatedAt <= at && (e.CreatedAt < at || e.Id < id));
            used = used.Where(u => u.CreatedAt <= at && (u.CreatedAt < at || u.RunId < id));
        }
        // The newest of both are among the newest of each.
        var lines = (await received.OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id).Take(limit).ToListAsync(cancellationToken))
            .Select(e => new LedgerLine(e.Id, KindOf(e.Kind), e.Points, e.Note, null, null, e.CreatedAt))
            .Concat((await used.OrderByDescending(u => u.CreatedAt).ThenByDescending(u => u.RunId).Take(limit).ToListAsync(cancellationToken))
                .Select(u => new LedgerLine(u.RunId, LedgerKind.Used, -u.Points!.Value, null, u.RunId, u.InputTokens + u.OutputTokens, u.CreatedAt)));
        // As the database sorts ids, which are text there.
        return [.. lines.OrderByDescending(l => l.CreatedAt).ThenByDescending(l => l.Id.ToString(), StringComparer.Ordinal).Take(limit)];
    }

    /// <summary>Gives an account points.</summary>
    /// <exception cref="RequestProblem">400: the number or the note does not fit.</exception>
    public async Task GrantAsync(Guid ownerId, int points, PointsKind kind, string? note, CancellationToken cancellationToken)
    {
        if (points is < 1 or > MaxGrant)
            throw RequestProblem.Invalid("points", $"Give from 1 to {MaxGrant} points.");
        if (note is { Length: > MaxNote })
            throw RequestProblem.Invalid("note", $"A note has at most {MaxNote} characters.");
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.PointsEntries.Add(new PointsEntry
        {
            Id = Guid.CreateVersion7(now), OwnerId = ownerId, Kind = kind, Points = points,
            Note = string.IsNullOrWhiteSpace(note) ? null : note.Trim(), CreatedAt = now.UtcDateTime,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    private static LedgerKind KindOf(PointsKind kind) => kind == PointsKind.Purchased ? LedgerKind.Purchased : LedgerKind.Earned;
}

/// <summary>A line of a ledger.</summary>
/// <param name="Points">Above 0 where received, below where used.</param>
/// <param name="Note">Why they were received; null for none.</param>
/// <param name="RunId">The answer that used them; null where received.</param>
/// <param name="Tokens">What that answer consumed, in and out; null where received.</param>
public sealed record LedgerLine(Guid Id, LedgerKind Kind, int Points, string? Note, Guid? RunId, long? Tokens, DateTime CreatedAt);

/// <summary>How points came or went.</summary>
public enum LedgerKind
{
    Earned,
    Purchased,
    Used,
}
