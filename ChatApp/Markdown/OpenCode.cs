using System.Net;
using System.Text;
using Markdig.Syntax;

namespace ChatApp.Markdown;

/// <summary>
/// A code fence at the top level that has not been closed yet. Its finished lines are kept as chunks that never change, so that a
/// view can leave them alone and send only the newest lines to the browser, however long the block grows.
/// </summary>
public sealed class OpenCode
{
    private const int ChunkCharacters = 2048;

    private readonly char fence;
    private readonly int fenceLength;
    private readonly int indent;
    private readonly List<string> chunks = [];
    private readonly StringBuilder chunk = new();

    internal OpenCode(FencedCodeBlock block, int indent)
    {
        (fence, fenceLength, this.indent) = (block.FencedChar, block.OpeningFencedCharCount, indent);
        Language = CodeBlockRenderer.LanguageOf(block);
    }

    /// <summary>The language's name, fit for a class name; empty for none.</summary>
    public string Language { get; }

    /// <summary>HTML of finished lines, each entry ending with a line's end; append-only, an entry never changes.</summary>
    public IReadOnlyList<string> Chunks => chunks;

    /// <summary>HTML of what follows the chunks.</summary>
    public string Rest { get; private set; } = "";

    /// <summary>The whole block as HTML, closed for the moment.</summary>
    internal string Html
    {
        get
        {
            var html = new StringBuilder(CodeBlockRenderer.Start(Language));
            foreach (var finished in chunks)
                html.Append(finished);
            return html.Append(Rest).Append(CodeBlockRenderer.End).ToString();
        }
    }

    /// <summary>Takes a complete line, without its end.</summary>
    /// <returns>False when the line closes the fence.</returns>
    internal bool TryAdd(ReadOnlySpan<char> line)
    {
        if (IsClosing(line))
            return false;
        AppendLine(chunk, line);
        chunk.Append('\n');
        if (chunk.Length >= ChunkCharacters)
        {
            chunks.Add(chunk.ToString());
            chunk.Clear();
        }
        return true;
    }

    /// <summary>Takes the line that is still being received.</summary>
    internal void SetUnfinished(ReadOnlySpan<char> line)
    {
        var rest = new StringBuilder(chunk.Length + line.Length).Append(chunk);
        // It may become the closing fence: shown, it would flash.
        if (line.Trim(' ').Trim(fence).Length > 0)
            AppendLine(rest, line);
        Rest = rest.ToString();
    }

    private void AppendLine(StringBuilder target, ReadOnlySpan<char> line)
    {
        var content = line.TrimStart(' ');
        var removed = Math.Min(indent, line.Length - content.Length);
        target.Append(WebUtility.HtmlEncode(line[removed..].ToString()));
    }

    // CommonMark 4.5: at most three spaces, at least as many fence characters as the opening, then only blanks.
    private bool IsClosing(ReadOnlySpan<char> line)
    {
        var content = line.TrimStart(' ');
        if (line.Length - content.Length > 3)
            return false;
        var count = content.IndexOfAnyExcept(fence) is var end && end < 0 ? content.Length : end;
        return count >= fenceLength && content[count..].Trim(" \t").IsEmpty;
    }
}
