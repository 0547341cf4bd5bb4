using System.Net;
using System.Text.RegularExpressions;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace ChatApp.Markdown;

/// <summary>Code blocks with a head that names the language and carries the copy button (the page's script listens for it).</summary>
internal sealed partial class CodeBlockRenderer : HtmlObjectRenderer<CodeBlock>
{
    /// <summary>What stands after the code.</summary>
    public const string End = "</code></pre></div>";

    /// <summary>What stands before the code.</summary>
    /// <param name="language">A name that <see cref="LanguageOf"/> has accepted; empty for none.</param>
    public static string Start(string language) =>
        $"""<div class="code-block" data-lang="{language}"><div class="code-head"><span class="code-lang">{language}</span>"""
        + $"""<button type="button" class="code-copy">{WebUtility.HtmlEncode(Texts.Current["Copy"])}</button></div><pre tabindex="0"><code"""
        + (language.Length > 0 ? $" class=\"language-{language}\">" : ">");

    /// <summary>The language that the fence names; empty when it names none or something that is no name.</summary>
    public static string LanguageOf(CodeBlock block) =>
        block is FencedCodeBlock { Info: { } info } && LanguageName().IsMatch(info) ? info : "";

    protected override void Write(HtmlRenderer renderer, CodeBlock block)
    {
        renderer.EnsureLine();
        renderer.Write(Start(LanguageOf(block)));
        renderer.WriteLeafRawLines(block, writeEndOfLines: true, escape: true);
        renderer.WriteLine(End);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9+#._-]{1,32}\z")]
    private static partial Regex LanguageName();
}

/// <summary>The box of a task in a list, with a name for those who can't see whether it is ticked.</summary>
internal sealed class TaskBoxRenderer : HtmlObjectRenderer<TaskList>
{
    protected override void Write(HtmlRenderer renderer, TaskList box) =>
        renderer.Write("<input type=\"checkbox\" disabled aria-label=\"").WriteEscape(box.Checked ? Texts.Current["Done"] : Texts.Current["To do"])
            .Write(box.Checked ? "\" checked />" : "\" />");
}

/// <summary>Pipe tables in a box that scrolls by itself. Alignment is a class: the content security policy forbids style attributes.</summary>
internal sealed class TableRenderer : HtmlObjectRenderer<Table>
{
    protected override void Write(HtmlRenderer renderer, Table table)
    {
        renderer.EnsureLine();
        renderer.Write("<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"").WriteEscape(Texts.Current["Table"]).WriteLine("\"><table>");
        var section = "";
        foreach (var row in table.OfType<TableRow>())
        {
            var next = row.IsHeader ? "thead" : "tbody";
            if (next != section)
            {
                CloseSection(renderer, section);
                renderer.Write("<").Write(next).WriteLine(">");
                section = next;
            }
            WriteRow(renderer, table, row);
        }
        CloseSection(renderer, section);
        renderer.WriteLine("</table></div>");
    }

    private static void CloseSection(HtmlRenderer renderer, string section)
    {
        if (section.Length > 0)
            renderer.Write("</").Write(section).WriteLine(">");
    }

    private static void WriteRow(HtmlRenderer renderer, Table table, TableRow row)
    {
        renderer.Write("<tr>");
        var tag = row.IsHeader ? "th" : "td";
        for (var index = 0; index < row.Count; index++)
        {
            renderer.Write("<").Write(tag);
            var alignment = index < table.ColumnDefinitions.Count ? table.ColumnDefinitions[index].Alignment : null;
            if (alignment is TableColumnAlign.Center or TableColumnAlign.Right)
                renderer.Write(alignment == TableColumnAlign.Center ? " class=\"align-center\"" : " class=\"align-right\"");
            renderer.Write(">");
            var wasImplicit = renderer.ImplicitParagraph;
            renderer.ImplicitParagraph = true;
            renderer.Write(row[index]);
            renderer.ImplicitParagraph = wasImplicit;
            renderer.Write("</").Write(tag).Write(">");
        }
        renderer.WriteLine("</tr>");
    }
}
