namespace ChatApp.Runs.Log;

/// <summary>What a run has appended and nobody has drained yet.</summary>
internal sealed class PendingEvents
{
    private readonly List<PendingEvent> _events = [];

    public IReadOnlyList<PendingEvent> Events => _events;

    /// <summary>Of its text, in UTF-16 units.</summary>
    public int Chars { get; private set; }

    /// <summary>Adds an event. Text is merged into the last event where that has text of the same block, up to a limit; of long text several events become.</summary>
    public void Add(RunEventKind kind, int block, string data)
    {
        if (kind == RunEventKind.BlockDelta)
            AddDelta(block, data);
        else
            _events.Add(new PendingEvent(kind, block, data));
    }

    public void Clear()
    {
        _events.Clear();
        Chars = 0;
    }

    private void AddDelta(int block, string text)
    {
        Chars += text.Length;
        if (_events.Count > 0 && _events[^1] is { Kind: RunEventKind.BlockDelta } last && last.Block == block && last.Length + text.Length <= MaxEventChars)
        {
            _events[^1] = last.Merge(text);
            return;
        }
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = Math.Min(MaxEventChars, text.Length - at);
            // Half a character is no text.
            if (at + length < text.Length && char.IsHighSurrogate(text[at + length - 1]))
                length--;
            _events.Add(new PendingEvent(RunEventKind.BlockDelta, block, text.Substring(at, length)));
        }
    }

    /// <summary>Longest text of one event, in UTF-16 units: a reader that stalls keeps the event it was at, composed for its wire, in memory.</summary>
    internal const int MaxEventChars = 16 * 1024;
}
