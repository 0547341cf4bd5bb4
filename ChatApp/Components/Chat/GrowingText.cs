using System.Text;

namespace ChatApp.Components.Chat;

/// <summary>Plain text that grows at its end, in chunks that never change: a view sends only the newest again, however long it gets.</summary>
internal sealed class GrowingText
{
    private const int ChunkCharacters = 2048;

    private readonly List<string> _chunks = [];
    private readonly StringBuilder _rest = new();

    /// <summary>What has been put aside; append-only, an entry never changes.</summary>
    public IReadOnlyList<string> Chunks => _chunks;

    /// <summary>What follows the chunks, shorter than one of them. Made when it is read: do so once per frame.</summary>
    public string Rest => _rest.ToString();

    public void Append(string text)
    {
        _rest.Append(text);
        // A surrogate pair stays in one piece.
        if (_rest.Length < ChunkCharacters || char.IsHighSurrogate(_rest[^1]))
            return;
        _chunks.Add(_rest.ToString());
        _rest.Clear();
    }
}
