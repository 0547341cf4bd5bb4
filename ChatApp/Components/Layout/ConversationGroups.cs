using ChatApp.Conversations;

namespace ChatApp.Components.Layout;

/// <summary>A heading of the sidebar with its conversations, newest first.</summary>
public sealed record ConversationGroup(string Heading, IReadOnlyList<ConversationSummary> Conversations);

/// <summary>Groups conversations by the reader's calendar days.</summary>
public static class ConversationGroups
{
    /// <param name="conversations">Newest first.</param>
    /// <param name="now">UTC.</param>
    /// <param name="zone">Where the reader's days begin and end.</param>
    /// <returns>Only groups that have conversations, newest first.</returns>
    public static IReadOnlyList<ConversationGroup> Of(IEnumerable<ConversationSummary> conversations, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return conversations
            .GroupBy(c => Heading(today, LocalDay(c.UpdatedAt, zone)))
            .Select(g => new ConversationGroup(g.Key, g.ToList()))
            .ToList();
    }

    private static DateOnly LocalDay(DateTime utc, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone));

    private static string Heading(DateOnly today, DateOnly day) => (today.DayNumber - day.DayNumber) switch
    {
        <= 0 => "Today",
        1 => "Yesterday",
        <= 7 => "Previous 7 days",
        _ => "Older",
    };
}
