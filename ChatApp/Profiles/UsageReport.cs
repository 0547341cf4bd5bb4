using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Profiles;

/// <summary>What a person has used.</summary>
public sealed class UsageReport(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    public const int MaxDays = 366;

    /// <summary>One line for each day and model, the newest day first, then by model.</summary>
    /// <param name="days">Today and so many days before less one: 1 to <see cref="MaxDays"/>.</param>
    /// <param name="utcOffset">Where the person's days begin.</param>
    public async Task<IReadOnlyList<UsageLine>> ListAsync(CurrentUser caller, int days, TimeSpan utcOffset, CancellationToken cancellationToken)
    {
        if (days is < 1 or > MaxDays)
            throw RequestProblem.Invalid("days", $"The days are a number from 1 to {MaxDays}.");
        double minutes = utcOffset.TotalMinutes;
        var since = (time.GetUtcNow().UtcDateTime + utcOffset).Date.AddDays(1 - days) - utcOffset;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var lines = await db.Usage.Where(u => u.OwnerId == caller.Id && u.CreatedAt >= since)
            .GroupBy(u => new { Day = u.CreatedAt.AddMinutes(minutes).Date, u.Model })
            .Select(g => new
            {
                g.Key.Day, g.Key.Model, Answers = g.Count(), Input = g.Sum(u => u.InputTokens), Output = g.Sum(u => u.OutputTokens),
                // SQLite has no sum of decimals; twelve digits are enough to look at.
                Cost = g.Sum(u => (double?)u.Cost), Priced = g.Count(u => u.Cost != null),
            }).ToListAsync(cancellationToken);
        return
        [
            .. lines.OrderByDescending(l => l.Day).ThenBy(l => l.Model, StringComparer.Ordinal)
                .Select(l => new UsageLine(DateOnly.FromDateTime(l.Day), l.Model, l.Answers, l.Input, l.Output, l.Priced == 0 ? null : (decimal?)(l.Cost ?? 0))),
        ];
    }
}

/// <summary>What answers of one model used on one day.</summary>
/// <param name="Day">In the person's time zone.</param>
/// <param name="Model">Address <c>provider/model</c>.</param>
/// <param name="Cost">US dollars; null where the model has no price.</param>
public sealed record UsageLine(DateOnly Day, string Model, int Answers, long InputTokens, long OutputTokens, decimal? Cost);
