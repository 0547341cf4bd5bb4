using System.Text;

namespace ChatApp.Runs.Log;

/// <summary>An event that has no seq yet. More text can be merged into it.</summary>
internal readonly struct PendingEvent(RunEventKind kind, int block, string? data, StringBuilder? merged = null)
{
    public RunEventKind Kind => kind;

    public int Block => block;

    public string Text => data ?? merged!.ToString();

    /// <summary>Of its text, in UTF-16 units.</summary>
    public int Length => data?.Length ?? merged!.Length;

    /// <summary>The event with more text behind its own, in its place.</summary>
    public PendingEvent Merge(string text) => new(kind, block, null, (merged ?? new StringBuilder(data, Math.Max(256, data!.Length * 2))).Append(text));
}
