using System.Globalization;
using System.Net;
using Markdig.Extensions.Footnotes;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace ChatApp.Markdown;

/// <summary>
/// A note's number in the text, and the way back. Buttons, not links: an id would have to differ between messages and a fragment
/// would lead to the page's base address. The page's script goes to the note of the same message (wwwroot/js/enrich.js).
/// </summary>
internal sealed class FootnoteLinkRenderer : HtmlObjectRenderer<FootnoteLink>
{
    protected override void Write(HtmlRenderer renderer, FootnoteLink link)
    {
        if (!renderer.EnableHtmlForInline)
            return;
        var number = link.Footnote.Order.ToString(CultureInfo.InvariantCulture);
        if (link.IsBackLink)
            renderer.Write($"<button type=\"button\" class=\"note-back\" data-note=\"{number}\" aria-label=\"{WebUtility.HtmlEncode(Texts.Current["Back to the text"])}\">↩</button>");
        else
            renderer.Write($"<sup><button type=\"button\" class=\"note-number\" data-note=\"{number}\" aria-label=\"{WebUtility.HtmlEncode(Texts.Current["Footnote {0}", number])}\">{number}</button></sup>");
    }
}

/// <summary>The notes at the end of a message.</summary>
internal sealed class FootnoteGroupRenderer : HtmlObjectRenderer<FootnoteGroup>
{
    protected override void Write(HtmlRenderer renderer, FootnoteGroup group)
    {
        if (group.Count == 0)
            return;
        renderer.EnsureLine();
        renderer.Write("<div class=\"footnotes\" role=\"region\" aria-label=\"").WriteEscape(Texts.Current["Footnotes"]).WriteLine("\"><ol>");
        foreach (var note in group.OfType<Footnote>())
        {
            renderer.Write($"<li data-note=\"{note.Order.ToString(CultureInfo.InvariantCulture)}\" tabindex=\"-1\">");
            renderer.WriteChildren(note);
            renderer.WriteLine("</li>");
        }
        renderer.WriteLine("</ol></div>");
    }
}
