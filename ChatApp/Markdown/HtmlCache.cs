using System.Globalization;

namespace ChatApp.Markdown;

/// <summary>
/// The HTML of finished messages by their text and the language of its labels; the least recently used go first. Keyed by the text itself, not by a hash, so
/// that no text can be made to show another's HTML. Thread-safe.
/// </summary>
/// <param name="capacity">Characters of text and HTML together that are kept; a single entry may take an eighth of it.</param>
internal sealed class HtmlCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Language, string Text), LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = new();

    /// <summary>Characters held now.</summary>
    public int Size { get; private set; }

    public string GetOrAdd(string text, Func<string, string> render)
    {
        var key = (CultureInfo.CurrentUICulture.Name, text);
        lock (gate)
        {
            if (entries.TryGetValue(key, out var known))
            {
                byUse.Remove(known);
                byUse.AddFirst(known);
                return known.Value.Html;
            }
        }
        var entry = new Entry(key, render(text));
        if (entry.Size > capacity / 8)
            return entry.Html;
        lock (gate)
        {
            // Another thread may have rendered the same text in the meantime.
            if (entries.TryAdd(key, new LinkedListNode<Entry>(entry)))
            {
                byUse.AddFirst(entries[key]);
                Size += entry.Size;
            }
            while (Size > capacity && byUse.Last is { } oldest)
            {
                byUse.RemoveLast();
                entries.Remove(oldest.Value.Key);
                Size -= oldest.Value.Size;
            }
        }
        return entry.Html;
    }

    private sealed record Entry((string Language, string Text) Key, string Html)
    {
        public int Size => Key.Text.Length + Html.Length;
    }
}
