using System.Globalization;
using ChatApp.Conversations;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Layout;

/// <summary>A heading of the sidebar and the conversations below it, which are a part of what a filter gives.</summary>
/// <param name="Folder">The folder whose heading it is; null for the others.</param>
/// <param name="Offset">Position of the first conversation in what <paramref name="Source"/> gives.</param>
/// <param name="Count">Conversations; 0 for a folder that is closed.</param>
public sealed record SidebarSection(string Heading, FolderView? Folder, ConversationFilter Source, int Offset, int Count)
{
    public bool IsOpen { get; init; }
}

/// <summary>
/// All lines of the sidebar, as sections of known length: which line is where is known without loading a conversation. A heading is
/// a line like the others.
/// </summary>
public sealed class SidebarOutline(IReadOnlyList<SidebarSection> sections)
{
    public static readonly SidebarOutline Empty = new([]);

    public IReadOnlyList<SidebarSection> Sections => sections;

    public int Lines { get; } = sections.Sum(s => 1 + s.Count);

    /// <summary>Groups days by how long ago they are: today, yesterday, 7 and 30 days, then months.</summary>
    /// <param name="days">Newest first.</param>
    /// <param name="source">What the days have been counted in.</param>
    public static IEnumerable<SidebarSection> ByTime(IReadOnlyList<DayCount> days, DateOnly today, ConversationFilter source, IStringLocalizer texts)
    {
        int offset = 0;
        foreach (var group in days.GroupBy(d => HeadingOf(d.Day, today, texts)))
        {
            int count = group.Sum(d => d.Count);
            yield return new SidebarSection(group.Key, null, source, offset, count);
            offset += count;
        }
    }

    /// <summary>The sections that show in a window of lines, with the part of each: whether its heading, and which conversations.</summary>
    public IEnumerable<SidebarSlice> Slices(int first, int count)
    {
        int line = 0;
        foreach (var section in sections)
        {
            int begin = Math.Max(first, line + 1), end = Math.Min(first + count, line + 1 + section.Count);
            bool hasHeading = line >= first && line < first + count;
            if (hasHeading || end > begin)
                yield return new SidebarSlice(section, hasHeading, begin - line - 1, Math.Max(end - begin, 0));
            line += 1 + section.Count;
        }
    }

    private static string HeadingOf(DateOnly day, DateOnly today, IStringLocalizer texts) => (today.DayNumber - day.DayNumber) switch
    {
        <= 0 => texts["Today"],
        1 => texts["Yesterday"],
        <= 7 => texts["Previous 7 days"],
        <= 30 => texts["Previous 30 days"],
        _ => day.ToString("Y", CultureInfo.CurrentCulture),
    };
}

/// <summary>A part of a section.</summary>
/// <param name="Skip">Conversations of the section before the part.</param>
public readonly record struct SidebarSlice(SidebarSection Section, bool HasHeading, int Skip, int Count);

/// <summary>A line of the sidebar: a section's heading, or a conversation of it.</summary>
public sealed record SidebarLine(SidebarSection Section, ConversationSummary? Conversation);
