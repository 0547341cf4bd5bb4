using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Profiles;

/// <summary>What a person has used.</summary>
public sealed class UsageReport(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    /// <summary>The longest time that can be asked for.</summary>
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
        var used = db.Usage.Where(u => u.OwnerId == caller.Id && u.CreatedAt >= since)
            .Select(u => new { u.CreatedAt, u.Model, Answers = 1, Hidden = 0, u.InputTokens, u.OutputTokens, u.Cost, u.Estimated });
        var asked = db.AgentCalls.Where(c => c.OwnerId == caller.Id && c.CreatedAt >= since && c.Model != null && c.InputTokens + c.OutputTokens > 0)
            .Select(c => new { c.CreatedAt, Model = c.Model!, Answers = 0, Hidden = 1, c.InputTokens, c.OutputTokens, c.Cost, c.Estimated });
        var lines = await used.Concat(asked)
            .GroupBy(u => new { Day = u.CreatedAt.AddMinutes(minutes).Date, u.Model })
            .Select(g => new
            {
                g.Key.Day, g.Key.Model, Answers = g.Sum(u => u.Answers), Hidden = g.Sum(u => u.Hidden), Input = g.Sum(u => u.InputTokens), Output = g.Sum(u => u.OutputTokens),
                // SQLite has no sum of decimals; twelve digits are enough to look at.
                Cost = g.Sum(u => (double?)u.Cost), Priced = g.Count(u => u.Cost != null), Estimated = g.Count(u => u.Estimated),
            }).ToListAsync(cancellationToken);
        return
        [
            .. lines.OrderByDescending(l => l.Day).ThenBy(l => l.Model, StringComparer.Ordinal)
                .Select(l => new UsageLine(DateOnly.FromDateTime(l.Day), l.Model, l.Answers, l.Input, l.Output, l.Priced == 0 ? null : (decimal?)(l.Cost ?? 0))
                {
                    HiddenCalls = l.Hidden, Estimated = l.Estimated,
                }),
        ];
    }
}

/// <summary>What answers of one model, and what the server itself asked it for them, used on one day.</summary>
/// <param name="Day">In the person's time zone.</param>
/// <param name="Model">Address <c>provider/model</c>.</param>
/// <param name="Cost">US dollars; null where the model has no price.</param>
public sealed record UsageLine(DateOnly Day, string Model, int Answers, long InputTokens, long OutputTokens, decimal? Cost)
{
    /// <summary>Questions of the server's own: titles, moderation, insights. Their tokens and cost are among the others.</summary>
    public int HiddenCalls { get; init; }

    /// <summary>Of both, those whose tokens are an estimate: the provider reported none, or was not even reached.</summary>
    public int Estimated { get; init; }
}
