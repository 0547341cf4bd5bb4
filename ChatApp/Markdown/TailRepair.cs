using System.Text;
using System.Text.RegularExpressions;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace ChatApp.Markdown;

/// <summary>
/// Renders the open tail of a message so that half-received markdown does not flash: markers that say nothing yet are held back,
/// open emphasis and code are closed, a table shows from its header row on. The repaired text goes through the same safe pipeline.
/// </summary>
internal static partial class TailRepair
{
    // A longer line of nothing but markers is shown as it is.
    private const int LongestHeldBack = 128;

    /// <param name="isCut">Nothing more will come: what would be held back until its meaning is known is shown as it is written.</param>
    /// <returns>The HTML; null when the text cannot be parsed.</returns>
    public static string? TryRender(string tail, MarkdownRenderer renderer, bool isCut = false)
    {
        var text = HoldBack(tail);
        if (renderer.TryParse(text) is not { } document)
            return null;
        var repaired = Repair(text, document, isCut);
        return ReferenceEquals(repaired, text) ? renderer.TryRender(document) : renderer.TryRender(repaired);
    }

    /// <summary>The text without an unfinished last line whose meaning is not known yet, and without half a surrogate pair.</summary>
    internal static string HoldBack(string text)
    {
        if (text.Length > 0 && char.IsHighSurrogate(text[^1]))
            text = text[..^1];
        var start = text.LastIndexOf('\n') + 1;
        var line = text[start..];
        return line.Length is > 0 and <= LongestHeldBack && (OnlyMarkers().IsMatch(line) || FenceBeingTyped().IsMatch(line))
            ? text[..start]
            : text;
    }

    private static string Repair(string text, MarkdownDocument document, bool isCut)
    {
        // After a blank line a paragraph is over: what is open in it stays literal.
        if (text.EndsWith("\n\n", StringComparison.Ordinal) || LastLeaf(document) is not { } leaf)
            return text;
        var start = Math.Clamp(leaf.Span.Start, 0, text.Length);
        if (leaf is MathBlock)
            return isCut ? text : text[..start];
        if (leaf.Parent is TableCell)
        {
            start = text.LastIndexOfAny(['|', '\n']) + 1;
            return start == text.Length ? text : Joined(text, start, InlineRepair.Close(text[start..], isCut));
        }
        if (!isCut && leaf.Parent is MarkdownDocument && WithDelimiterRow(text, start) is { } table)
            return table;
        return Joined(text, start, InlineRepair.Close(text[start..], isCut));
    }

    private static string Joined(string text, int start, string repaired) =>
        text.AsSpan(start).SequenceEqual(repaired) ? text : string.Concat(text.AsSpan(0, start), repaired);

    private static LeafBlock? LastLeaf(MarkdownDocument document)
    {
        Block? block = document.LastOrDefault(StreamingMarkdown.IsShownInPlace);
        while (block is ContainerBlock container)
            block = container.LastChild;
        return block is ParagraphBlock or HeadingBlock or MathBlock { IsClosed: false } ? (LeafBlock)block : null;
    }

    /// <summary>A paragraph that begins like a table: nothing until its header row is complete, then a table.</summary>
    private static string? WithDelimiterRow(string text, int start)
    {
        if (text[start] != '|')
            return null;
        var end = text.IndexOf('\n', start);
        if (end < 0)
            return text[..start];
        if (!DelimiterBeingTyped().IsMatch(text.AsSpan(end + 1)))
            return null;
        var header = text.AsSpan(start, end - start).Trim().Trim('|');
        var columns = 1;
        for (var index = 0; index < header.Length; index++)
        {
            if (header[index] == '|')
                columns++;
            else if (header[index] == '\\')
                index++;
        }
        return new StringBuilder(text, 0, end + 1, end + 2 + columns * 4).Append('|').Insert(end + 2, "---|", columns).ToString();
    }

    // Line starts of any nesting, then only characters of which rules, underlines, fences, emphasis and delimiter rows are made.
    [GeneratedRegex(@"^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]+|>)*(?:[-+*=_~`#|:!$\\ \t]*|\d{1,9}[.)]?|\[[ xX]?\]?)[ \t]*$", RegexOptions.CultureInvariant)]
    private static partial Regex OnlyMarkers();

    [GeneratedRegex(@"^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]+|>)*(?:```[^`]*|~~~.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex FenceBeingTyped();

    [GeneratedRegex(@"^[ \t|:-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex DelimiterBeingTyped();
}
