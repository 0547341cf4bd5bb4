using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Xunit;

namespace ChatApp.Tests.Markdown;

/// <summary>What the HTML of a message may contain, checked as a browser would read it.</summary>
internal static partial class SafeHtml
{
    private static readonly HashSet<string> Elements =
    [
        "a", "blockquote", "br", "button", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "li",
        "ol", "p", "pre", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
    ];

    private static readonly HashSet<string> Attributes =
    [
        "alt", "aria-label", "checked", "class", "data-lang", "data-note", "disabled", "href", "loading", "rel", "role", "src", "start", "tabindex",
        "target", "type",
    ];

    /// <summary>Parses the HTML and fails on anything outside the lists, on any address outside the link policy.</summary>
    public static IElement Verify(string html)
    {
        var body = new HtmlParser().ParseDocument("<body>" + html).Body!;
        foreach (var element in body.QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, Elements);
            foreach (var attribute in element.Attributes)
                Assert.Contains(attribute.Name, Attributes);
            if (element.LocalName == "a")
            {
                Assert.Matches(AllowedHref(), element.GetAttribute("href")!);
                Assert.Equal("noopener noreferrer nofollow", element.GetAttribute("rel"));
                Assert.Equal("_blank", element.GetAttribute("target"));
            }
            if (element.LocalName == "img")
                Assert.Matches(OwnFile(), element.GetAttribute("src")!);
            if (element.LocalName == "input")
                Assert.Equal("checkbox", element.GetAttribute("type"));
        }
        return body;
    }

    /// <summary>The HTML with white space that a browser does not show folded.</summary>
    public static string Normalize(string html) => BetweenTags().Replace(WhiteSpace().Replace(html, " "), "><").Trim();

    [GeneratedRegex(@"^(https?://[^/?#@\\\s]+([/?#]\S*)?|mailto:\S+|/api/files/[0-9a-f-]{36})$", RegexOptions.IgnoreCase)]
    private static partial Regex AllowedHref();

    [GeneratedRegex(@"^/api/files/[0-9a-f-]{36}$")]
    private static partial Regex OwnFile();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex("> <")]
    private static partial Regex BetweenTags();
}
