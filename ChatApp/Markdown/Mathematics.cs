using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ChatApp.Markdown;

/// <summary>A formula within a line. Its TeX is text to us: the browser sets it (wwwroot/js/enrich.js).</summary>
internal sealed class MathInline : LeafInline
{
    public required string Tex { get; init; }

    /// <summary>Whether it stands on a line of its own when set.</summary>
    public bool IsDisplay { get; init; }
}

/// <summary>Formulas within a line: before the parser of escapes, which would take the backslash.</summary>
internal sealed class MathInlineParser : InlineParser
{
    public MathInlineParser() => OpeningCharacters = ['$', '\\'];

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        if (!MathSyntax.TryMatch(slice.Text, slice.Start, slice.End + 1, out var formula))
            return false;
        processor.Inline = new MathInline
        {
            Tex = slice.Text[formula.Content], IsDisplay = formula.IsDisplay,
            Span = new SourceSpan(processor.GetSourcePosition(slice.Start, out var line, out var column), processor.GetSourcePosition(formula.End - 1)),
            Line = line, Column = column,
        };
        slice.Start = formula.End;
        return true;
    }
}

/// <summary>
/// A formula in lines of its own, between <c>$$</c> or <c>\[</c> and <c>\]</c>. A blank line before the end, which TeX would not
/// have either, makes it ordinary text.
/// </summary>
internal sealed class MathBlock(BlockParser parser) : LeafBlock(parser)
{
    public required string Closer { get; init; }

    /// <summary>What was written, the marks included.</summary>
    public List<string> Source { get; } = [];

    public bool IsClosed { get; set; }

    /// <summary>The TeX between the marks.</summary>
    public string Tex => string.Join('\n', Source).Trim()[Closer.Length..^Closer.Length].Trim();
}

/// <summary>Takes the lines of a <see cref="MathBlock"/> as they are: to TeX a leading minus is no list.</summary>
internal sealed class MathBlockParser : BlockParser
{
    public MathBlockParser() => OpeningCharacters = ['$', '\\'];

    public override BlockState TryOpen(BlockProcessor processor)
    {
        if (processor.IsCodeIndent)
            return BlockState.None;
        var line = processor.Line.AsSpan();
        var closer = line.StartsWith("$$") ? "$$" : line.StartsWith("\\[") ? "\\]" : null;
        if (closer is null)
            return BlockState.None;
        var rest = line[2..].TrimEnd();
        var end = rest.IndexOf(closer);
        // A formula with words behind it belongs to a paragraph; so does one with nothing in it.
        if (rest is ['$', ..] || (end >= 0 && (end + closer.Length < rest.Length || rest[..end].IsWhiteSpace())))
            return BlockState.None;
        var block = new MathBlock(this) { Closer = closer, Column = processor.Column, Span = new SourceSpan(processor.Start, processor.Line.End), IsClosed = end >= 0 };
        block.Source.Add(line.ToString());
        processor.NewBlocks.Push(block);
        return block.IsClosed ? BlockState.BreakDiscard : BlockState.ContinueDiscard;
    }

    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        var math = (MathBlock)block;
        if (processor.IsBlankLine || math.Source.Count >= MathSyntax.LongestBlock)
            return BlockState.None;
        var line = processor.Line.AsSpan();
        math.Source.Add(line.ToString());
        math.UpdateSpanEnd(processor.Line.End);
        math.IsClosed = line.TrimEnd().EndsWith(math.Closer, StringComparison.Ordinal);
        return math.IsClosed ? BlockState.BreakDiscard : BlockState.ContinueDiscard;
    }
}

/// <summary>The TeX, escaped, in an element that the page's script sets; without the script it is read as it is.</summary>
internal sealed class MathInlineRenderer : HtmlObjectRenderer<MathInline>
{
    protected override void Write(HtmlRenderer renderer, MathInline math)
    {
        if (renderer.EnableHtmlForInline)
            renderer.Write(math.IsDisplay ? "<span class=\"math math-display\">" : "<span class=\"math\">");
        renderer.WriteEscape(math.Tex.Trim());
        if (renderer.EnableHtmlForInline)
            renderer.Write("</span>");
    }
}

/// <inheritdoc cref="MathInlineRenderer"/>
internal sealed class MathBlockRenderer : HtmlObjectRenderer<MathBlock>
{
    protected override void Write(HtmlRenderer renderer, MathBlock block)
    {
        renderer.EnsureLine();
        if (block.IsClosed)
            renderer.Write("<div class=\"math-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"").WriteEscape(Texts.Current["Formula"])
                .Write("\"><span class=\"math math-display\">").WriteEscape(block.Tex).WriteLine("</span></div>");
        else
            renderer.WriteLine(MarkdownRenderer.PlainText(string.Join('\n', block.Source)).TrimEnd());
    }
}
