using System.Globalization;
using System.Net;
using Markdig;
using Markdig.Renderers;
using Markdig.Syntax;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatApp.Markdown;

/// <summary>
/// Markdown of people and models to HTML that is safe to put into a page: no raw HTML, no scripts, no styles or ids, links only
/// where the link policy allows them, nothing that loads from another host without a click. Thread-safe.
/// </summary>
public sealed partial class MarkdownRenderer(ILogger<MarkdownRenderer>? logger = null)
{
    private const int CacheCharacters = 8 * 1024 * 1024;

    private readonly ILogger log = logger ?? NullLogger<MarkdownRenderer>.Instance;
    private readonly HtmlCache cache = new(CacheCharacters);

    /// <summary>
    /// The HTML of a finished text, cached by content. Never throws: what cannot be parsed (nested deeper than 128, or made to be slow) comes back
    /// as escaped text with line breaks.
    /// </summary>
    /// <param name="isCut">The text broke off in the middle: what is open at its end, as emphasis, is closed. Not cached.</param>
    public string ToHtml(string markdown, bool isCut = false) =>
        string.IsNullOrEmpty(markdown) ? "" : isCut ? RenderCut(markdown) : cache.GetOrAdd(markdown, RenderWhole);

    private string RenderWhole(string markdown)
    {
        var text = WithPlainLineEnds(markdown);
        return TryRender(text) ?? PlainText(text);
    }

    private string RenderCut(string markdown)
    {
        var text = WithPlainLineEnds(markdown);
        return TailRepair.TryRender(text, this, isCut: true) ?? PlainText(text);
    }

    // One kind of line end, as in a stream: the parser drops a CR inside a code span and joins the words around it.
    private static string WithPlainLineEnds(string markdown) => markdown.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    /// <summary>The HTML, not cached; null when the text cannot be parsed.</summary>
    internal string? TryRender(string markdown) => TryParse(markdown) is { } document ? TryRender(document) : null;

    /// <summary>The parsed text; null when it cannot be parsed.</summary>
    internal MarkdownDocument? TryParse(string markdown) =>
        ParserBudget.Covers(markdown) ? Guarded(static text => Markdig.Markdown.Parse(text, SafeMarkdown.Pipeline), markdown) : null;

    /// <summary>The HTML of a parsed document or of one of its blocks; null when it is nested too deeply.</summary>
    internal string? TryRender(MarkdownObject parsed) =>
        Guarded(
            static parsed =>
            {
                using var writer = new StringWriter(CultureInfo.InvariantCulture);
                var renderer = new HtmlRenderer(writer);
                SafeMarkdown.Pipeline.Setup(renderer);
                renderer.Render(parsed);
                return writer.ToString();
            },
            parsed
        );

    /// <summary>The text as it is, escaped, in one paragraph with line breaks.</summary>
    internal static string PlainText(string text) =>
        $"<p>{WebUtility.HtmlEncode(text.Trim()).ReplaceLineEndings("<br>\n")}</p>\n";

    // The parser is other people's code fed with anybody's text, and an exception here would end the reader's circuit for good:
    // the message would be there again at every reload. So every failure becomes plain text.
    private TResult? Guarded<T, TResult>(Func<T, TResult> work, T argument)
        where TResult : class
    {
        try
        {
            return work(argument);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var kind = exception.GetType();
            Unparsable(log, kind);
            return null;
        }
    }

    // The exception's message may quote the text: it stays out of the log.
    [LoggerMessage(Level = LogLevel.Debug, Message = "A text is shown as plain text, its markdown cannot be rendered: {Kind}")]
    private static partial void Unparsable(ILogger logger, Type kind);
}
