using ChatApp.Components.Shared;
using ChatApp.Conversations;
using ChatApp.Identity;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Layout;

/// <summary>What one sidebar shows: everything by number, and of the conversations themselves a window.</summary>
public sealed class SidebarContent(
    ConversationIndex index, Folders folders, CurrentUser caller, TimeZoneInfo zone, TimeProvider time, IStringLocalizer texts)
{
    /// <summary>Lines of the window: what is seen, and enough above and below it for a fast thumb.</summary>
    public const int WindowSize = 180;

    private readonly HashSet<Guid> _open = [];
    private readonly LoadTurns _loads = new();

    /// <summary>Archived conversations or those with a tag, in the place of all; null for all.</summary>
    public ConversationFilter? Filter { get; set; }

    public IReadOnlyList<FolderView> Folders { get; private set; } = [];

    public SidebarOutline Outline { get; private set; } = SidebarOutline.Empty;

    /// <summary>Line of the outline that the window begins with.</summary>
    public int Start { get; private set; }

    public IReadOnlyList<SidebarLine> Window { get; private set; } = [];

    public void Toggle(Guid folder)
    {
        if (!_open.Remove(folder))
            _open.Add(folder);
    }

    /// <returns>Whether it was closed.</returns>
    public bool Open(Guid folder) => _open.Add(folder);

    /// <summary>Counts anew, and loads the window at its place.</summary>
    /// <param name="from">The line with which the window is to begin; null for where it does.</param>
    public Task LoadAsync(CancellationToken cancellationToken, int? from = null) => _loads.RunAsync(async () =>
    {
        var known = await folders.ListAsync(caller, cancellationToken);
        var outline = await CountAsync(known, cancellationToken);
        var (start, window) = await WindowAsync(outline, from ?? Start, cancellationToken);
        (Folders, Outline, Start, Window) = (known, outline, start, window);
    }, cancellationToken);

    /// <summary>Loads the window that begins with this line, or as near to it as there are lines.</summary>
    public Task MoveAsync(int line, CancellationToken cancellationToken) => _loads.RunAsync(async () =>
    {
        var (start, window) = await WindowAsync(Outline, line, cancellationToken);
        (Start, Window) = (start, window);
    }, cancellationToken);

    private async Task<SidebarOutline> CountAsync(IReadOnlyList<FolderView> known, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime);
        var sections = new List<SidebarSection>();
        if (Filter == null)
        {
            int pinned = await index.CountAsync(caller, Pinned, cancellationToken);
            if (pinned > 0)
                sections.Add(new SidebarSection(texts["Pinned"], null, Pinned, 0, pinned));
            foreach (var folder in known)
            {
                bool isOpen = _open.Contains(folder.Id);
                var source = new ConversationFilter { FolderId = folder.Id, Pinned = false };
                sections.Add(new SidebarSection(folder.Name, folder, source, 0, isOpen ? await index.CountAsync(caller, source, cancellationToken) : 0) { IsOpen = isOpen });
            }
        }
        var rest = Filter ?? Rest;
        sections.AddRange(SidebarOutline.ByTime(await index.CountByDayAsync(caller, rest, zone, cancellationToken), today, rest, texts));
        return new SidebarOutline(sections);
    }

    private async Task<(int Start, IReadOnlyList<SidebarLine> Lines)> WindowAsync(SidebarOutline outline, int line, CancellationToken cancellationToken)
    {
        int start = Math.Clamp(line, 0, Math.Max(0, outline.Lines - WindowSize));
        var slices = outline.Slices(start, WindowSize).ToList();
        var lines = new List<SidebarLine>(WindowSize);
        // Neighbours of one source are one query.
        foreach (var source in slices.Where(s => s.Count > 0).GroupBy(s => s.Section.Source).ToList())
        {
            int first = source.Min(s => s.Section.Offset + s.Skip), last = source.Max(s => s.Section.Offset + s.Skip + s.Count);
            var loaded = await index.RangeAsync(caller, source.Key, first, last - first, cancellationToken);
            foreach (var slice in source)
                lines.AddRange(loaded.Skip(slice.Section.Offset + slice.Skip - first).Take(slice.Count).Select(c => new SidebarLine(slice.Section, c)));
        }
        // One that is pinned between two of the queries would be in both.
        var bySection = lines.DistinctBy(l => l.Conversation!.Id).ToLookup(l => l.Section);
        return (start, [.. slices.SelectMany(s => s.HasHeading ? bySection[s.Section].Prepend(new SidebarLine(s.Section, null)) : bySection[s.Section])]);
    }

    private static readonly ConversationFilter Pinned = new() { Pinned = true };
    private static readonly ConversationFilter Rest = new() { Pinned = false, Unfiled = true };
}
