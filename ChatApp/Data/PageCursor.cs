using System.Globalization;

namespace ChatApp.Data;

/// <summary>
/// Where a page of a list that is sorted by time, the newest first, goes on: behind the item of this time and id. Among items of the
/// same time the larger id, as the database sorts it, comes first.
/// </summary>
/// <param name="Id"><see cref="Guid.Empty"/> goes on behind all items of that time.</param>
public readonly record struct PageCursor(DateTime At, Guid Id)
{
    private const char Separator = '_';

    /// <summary>What <see cref="ToString"/> has written, or only a time; null where nothing is given.</summary>
    /// <exception cref="RequestProblem">400: it is neither; names the field <c>before</c>.</exception>
    public static PageCursor? Parse(string? before) =>
        before == null ? null : TryParse(before) ?? throw RequestProblem.Invalid("before", "It must be the next_before of an earlier page.");

    /// <summary>Null where it is neither a cursor nor a time.</summary>
    public static PageCursor? TryParse(string before)
    {
        int end = before.IndexOf(Separator, StringComparison.Ordinal);
        var id = Guid.Empty;
        return DateTime.TryParse(end < 0 ? before : before[..end], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var at)
            && (end < 0 || Guid.TryParse(before.AsSpan(end + 1), out id))
            ? new PageCursor(at, id)
            : null;
    }

    /// <summary>What to give for the page behind this one; null where this is the last.</summary>
    public static string? After<T>(IReadOnlyList<T> page, int limit, Func<T, PageCursor> of) => page.Count == limit ? of(page[^1]).ToString() : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:O}{Separator}{Id}");
}
