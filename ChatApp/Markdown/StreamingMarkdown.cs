using System.Runtime.InteropServices;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace ChatApp.Markdown;

/// <summary>
/// The HTML of a message that is still being received. The text is cut into top-level blocks: closed blocks are rendered once and
/// never again; only the open tail is parsed anew, with half-received markdown repaired. Rendering happens when the properties are
/// read, not at every <see cref="Append"/>, so its cost depends on how often the view asks, not on the number of tokens.
/// </summary>
/// <remarks>
/// A block is closed when the parser itself, given complete lines only, has begun another block at the top level after it: lists,
/// quotes, tables, indented code and setext headings stay open exactly as long as they can still change. What cannot be known in
/// advance is the definition of a link or a footnote (<c>[name]: address</c>), which acts on text before it, and nesting too deep to parse:
/// then <see cref="NeedsWholeRender"/> is set. Not thread-safe.
/// </remarks>
public sealed class StreamingMarkdown(MarkdownRenderer renderer)
{
    // Below this length the tail is rendered whenever it is asked for; above, only when it has grown by a 128th. The work then is
    // linear in the length of the text even if it is one single paragraph, and what is shown lags by less than one per cent.
    private const int SmallTail = 4 * 1024;

    private readonly List<char> tail = [];
    private readonly List<string> closed = [];
    private string tailHtml = "";
    private OpenCode? openCode;
    private int completeLines; // length of the tail's complete lines
    private int parsedLines; // of these, how many characters are known to belong to the open block, or have been taken by openCode
    private int renderedTail; // length of the tail when it was last rendered
    private bool endsInReturn;
    private bool isDirty;
    private bool isUnparsable;
    private bool isCut;

    /// <summary>The text is at its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// True when <see cref="ClosedBlocks"/> and <see cref="TailHtml"/> together differ from the HTML of the whole text, which then has
    /// to replace them once the text is complete.
    /// </summary>
    public bool NeedsWholeRender { get; private set; }

    /// <summary>Characters given to the parser so far: the cost, for tests.</summary>
    internal long ParsedCharacters { get; private set; }

    /// <summary>The HTML of each closed top-level block; append-only, an entry never changes.</summary>
    public IReadOnlyList<string> ClosedBlocks
    {
        get
        {
            Refresh();
            return closed;
        }
    }

    /// <summary>The HTML of what follows the closed blocks; empty when there is nothing to show yet.</summary>
    public string TailHtml
    {
        get
        {
            Refresh();
            return openCode is { } code ? code.Html : tailHtml;
        }
    }

    /// <summary>The tail as a code block, while it is one: a view may show it by chunks instead of by <see cref="TailHtml"/>.</summary>
    public OpenCode? OpenCode
    {
        get
        {
            Refresh();
            return openCode;
        }
    }

    /// <summary>Takes the next piece of the text; pieces may cut it anywhere, even inside a surrogate pair.</summary>
    public void Append(string delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        if (IsComplete)
            throw new InvalidOperationException("The text is complete.");
        foreach (var character in delta)
        {
            // One kind of line end: whether a CR ends the line by itself is only known with the next piece.
            var isSecondHalf = endsInReturn && character == '\n';
            endsInReturn = character == '\r';
            if (isSecondHalf)
                continue;
            tail.Add(endsInReturn ? '\n' : character);
            if (tail[^1] == '\n')
                completeLines = tail.Count;
        }
        isDirty |= delta.Length > 0;
    }

    /// <summary>Declares the end of the text: the tail is rendered as it stands, without repairs, unless it broke off.</summary>
    /// <param name="isCut">The answer was stopped or failed in the middle.</param>
    public void Complete(bool isCut = false)
    {
        this.isCut = isCut;
        IsComplete = true;
        isDirty = true;
        Refresh();
    }

    private void Refresh()
    {
        if (!isDirty || (!IsComplete && openCode is null && tail.Count - renderedTail < (tail.Count > SmallTail ? tail.Count / 128 : 1)))
            return;
        isDirty = false;
        if (!isUnparsable)
            CloseBlocks();
        if (IsComplete)
        {
            openCode = null;
            tailHtml = RenderEnd(Take(tail.Count));
        }
        else if (openCode is null)
            tailHtml = isUnparsable ? Unparsable() : RenderRepaired();
        renderedTail = tail.Count;
    }

    /// <summary>Whether the block stands where it is written and acts on nothing else, as a definition does.</summary>
    internal static bool IsShownInPlace(Block block) => block is not (LinkReferenceDefinitionGroup or FootnoteGroup);

    private string RenderEnd(string text)
    {
        if (renderer.TryParse(text) is not { } document)
            return Unparsable();
        NeedsWholeRender |= !document.All(IsShownInPlace);
        return (isCut ? TailRepair.TryRender(text, renderer, isCut) : renderer.TryRender(document)) ?? Unparsable();
    }

    private string RenderRepaired()
    {
        ParsedCharacters += tail.Count;
        return TailRepair.TryRender(Take(tail.Count), renderer) ?? Unparsable();
    }

    private void CloseBlocks()
    {
        while (openCode is { } code ? ContinueCode(code) : ParseCompleteLines()) { }
    }

    /// <summary>Feeds the open fence with complete lines.</summary>
    /// <returns>True when the fence was closed and more lines may follow.</returns>
    private bool ContinueCode(OpenCode code)
    {
        var text = CollectionsMarshal.AsSpan(tail);
        while (parsedLines < completeLines)
        {
            var length = text[parsedLines..].IndexOf('\n');
            var line = text.Slice(parsedLines, length);
            parsedLines += length + 1;
            if (code.TryAdd(line))
                continue;
            openCode = null;
            Close(renderer.TryRender(Take(parsedLines)) ?? Unparsable(), parsedLines);
            return true;
        }
        code.SetUnfinished(text[completeLines..]);
        return false;
    }

    /// <summary>Closes every top-level block that another one follows.</summary>
    /// <returns>True when an open fence is left, which takes the remaining lines without the parser.</returns>
    private bool ParseCompleteLines()
    {
        if (parsedLines == completeLines)
            return false;
        parsedLines = completeLines;
        var text = Take(completeLines);
        if (renderer.TryParse(text) is not { } document)
        {
            Unparsable();
            return false;
        }
        NeedsWholeRender |= !document.All(IsShownInPlace);
        var blocks = document.Where(IsShownInPlace).ToList();
        if (blocks.Count == 0)
            return false;
        var isClosedFence = blocks[^1] is FencedCodeBlock { ClosingFencedCharCount: > 0 };
        var open = isClosedFence ? blocks.Count : blocks.Count - 1;
        var start = isClosedFence ? completeLines : 0;
        while (!isClosedFence && open > 0 && !TryFindStart(text, blocks[open], out start))
            open--;
        foreach (var block in blocks.Take(open))
            closed.Add(renderer.TryRender(block) ?? Unparsable());
        var isOpenFence = open == blocks.Count - 1 && blocks[open] is FencedCodeBlock;
        if (isOpenFence)
            TryFindStart(text, blocks[open], out start);
        else if (open == 0)
            start = 0;
        Close(null, start);
        if (!isOpenFence)
            return false;
        var fence = (FencedCodeBlock)blocks[open];
        openCode = new OpenCode(fence, fence.Span.Start - start);
        parsedLines = CollectionsMarshal.AsSpan(tail).IndexOf('\n') + 1;
        return true;
    }

    /// <summary>Where the block's first line starts, if the block is the same when the text begins there.</summary>
    private static bool TryFindStart(string text, Block block, out int start)
    {
        start = block.Span.Start == 0 ? 0 : text.LastIndexOf('\n', block.Span.Start - 1) + 1;
        // The parser lets a paragraph or a list begin at four columns after some blocks; at the start of a text that is code.
        var content = text.AsSpan(start).TrimStart(" \t");
        var indent = text.AsSpan(start, text.Length - start - content.Length);
        if (block is not CodeBlock || block is FencedCodeBlock)
            if (indent.Length > 3 || indent.Contains('\t'))
                return false;
        // Inside some lists the parser takes "- ---" for an item; at the start of a text it is a rule.
        if (block is ListBlock && content[..content.IndexOf('\n')].Trim("-*+ \t").IsEmpty)
            return false;
        // Cut out of the middle of a paragraph, a table's header row could be read as a list's item.
        return block is not Table || start < 2 || text[start - 2] == '\n';
    }

    private void Close(string? html, int length)
    {
        if (html is not null)
            closed.Add(html);
        tail.RemoveRange(0, length);
        completeLines -= length;
        parsedLines = Math.Max(0, parsedLines - length);
        renderedTail = 0;
    }

    private string Take(int length)
    {
        ParsedCharacters += length;
        return new string(CollectionsMarshal.AsSpan(tail)[..length]);
    }

    private string Unparsable()
    {
        isUnparsable = NeedsWholeRender = true;
        return MarkdownRenderer.PlainText(Take(tail.Count));
    }
}
