namespace ChatApp.Markdown;

/// <summary>
/// The HTML of finished messages by their text; the least recently used go first. Keyed by the text itself, not by a hash, so
/// that no text can be made to show another's HTML. Thread-safe.
/// </summary>
/// <param name="capacity">Characters of text and HTML together that are kept; a single entry may take an eighth of it.</param>
internal sealed class HtmlCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byUse = new();

    /// <summary>Characters held now.</summary>
    public int Size { get; private set; }

    public string GetOrAdd(string text, Func<string, string> render)
    {
        lock (gate)
        {
            if (entries.TryGetValue(text, out var known))
            {
                byUse.Remove(known);
                byUse.AddFirst(known);
                return known.Value.Html;
            }
        }
        var entry = new Entry(text, render(text));
        if (entry.Size > capacity / 8)
            return entry.Html;
        lock (gate)
        {
            // Another thread may have rendered the same text in the meantime.
            if (entries.TryAdd(text, new LinkedListNode<Entry>(entry)))
            {
                byUse.AddFirst(entries[text]);
                Size += entry.Size;
            }
            while (Size > capacity && byUse.Last is { } oldest)
            {
                byUse.RemoveLast();
                entries.Remove(oldest.Value.Text);
                Size -= oldest.Value.Size;
            }
        }
        return entry.Html;
    }

    private sealed record Entry(string Text, string Html)
    {
        public int Size => Text.Length + Html.Length;
    }
}
