using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>How many conversations were last written in on one day of the reader's calendar.</summary>
public readonly record struct DayCount(DateOnly Day, int Count);

/// <summary>
/// A person's conversations by position, for lists that hold only what can be seen of them: how many there are, and any part.
/// </summary>
public sealed class ConversationIndex(IDbContextFactory<ChatDbContext> databases)
{
    public async Task<int> CountAsync(CurrentUser caller, ConversationFilter filter, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await filter.Of(db, caller).CountAsync(cancellationToken);
    }

    /// <summary>Newest day first, only days that have any.</summary>
    /// <param name="zone">Where the reader's days begin and end.</param>
    public async Task<IReadOnlyList<DayCount>> CountByDayAsync(CurrentUser caller, ConversationFilter filter, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var days = new List<DayCount>();
        // One after the other, not as a list: there may be tens of thousands.
        await foreach (var at in filter.Of(db, caller).OrderByDescending(c => c.UpdatedAt).Select(c => c.UpdatedAt).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(at, zone));
            if (days.Count > 0 && days[^1].Day == day)
                days[^1] = new(day, days[^1].Count + 1);
            else
                days.Add(new(day, 1));
        }
        return days;
    }

    /// <summary>Newest first; pinned ones by the time of their pinning.</summary>
    public async Task<IReadOnlyList<ConversationSummary>> RangeAsync(
        CurrentUser caller, ConversationFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var own = filter.Of(db, caller);
        var ordered = filter.Pinned == true ? own.OrderByDescending(c => c.PinnedAt) : own.OrderByDescending(c => c.UpdatedAt);
        return await ConversationSummaries.LoadAsync(db, ordered.ThenByDescending(c => c.Id).Skip(skip).Take(take), cancellationToken);
    }
}
