using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ChatApp.Markdown;

/// <summary>Links and images, inline, by reference or found in the text, under the <see cref="LinkPolicy"/>.</summary>
internal sealed class SafeLinkRenderer : HtmlObjectRenderer<LinkInline>
{
    protected override void Write(HtmlRenderer renderer, LinkInline link)
    {
        var url = link.GetDynamicUrl?.Invoke() ?? link.Url;
        if (link.IsImage)
            WriteImage(renderer, link, url);
        else if (LinkPolicy.IsAllowed(url) && !IsInsideLink(link))
        {
            WriteStart(renderer, url!);
            renderer.WriteChildren(link);
            renderer.Write("</a>");
        }
        else
            renderer.WriteChildren(link);
    }

    /// <summary>Writes the opening tag of a link that the policy allows.</summary>
    public static void WriteStart(HtmlRenderer renderer, string url, string? cssClass = null)
    {
        renderer.Write("<a href=\"").WriteEscapeUrl(url).Write("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\"");
        if (cssClass is not null)
            renderer.Write(" class=\"").Write(cssClass).Write("\"");
        renderer.Write(">");
    }

    private static void WriteImage(HtmlRenderer renderer, LinkInline image, string? url)
    {
        if (!LinkPolicy.IsAllowed(url))
        {
            WriteText(renderer, image);
            return;
        }
        if (LinkPolicy.IsOwnFile(url!))
        {
            renderer.Write("<img src=\"").WriteEscapeUrl(url).Write("\" alt=\"");
            WriteText(renderer, image);
            renderer.Write("\" loading=\"lazy\">");
            return;
        }
        // An image of another host is a request that a prompt injection can load with the chat's secrets: only a click sends it.
        var isNested = IsInsideLink(image);
        if (!isNested)
            WriteStart(renderer, url!, "external-image");
        renderer.WriteEscape(Texts.Current["Image:"]).Write(" ");
        WriteText(renderer, image);
        if (LinkPolicy.HostOf(url!) is { Length: > 0 } host)
            renderer.Write(" (").WriteEscape(host).Write(")");
        if (!isNested)
            renderer.Write("</a>");
    }

    private static void WriteText(HtmlRenderer renderer, LinkInline image)
    {
        var wasEnabled = renderer.EnableHtmlForInline;
        renderer.EnableHtmlForInline = false;
        foreach (var inline in image.Descendants())
        {
            switch (inline)
            {
                case LiteralInline literal:
                    renderer.WriteEscape(literal.Content);
                    break;
                case CodeInline code:
                    renderer.WriteEscape(code.ContentSpan);
                    break;
                case HtmlEntityInline entity:
                    renderer.WriteEscape(entity.Transcoded);
                    break;
                case AutolinkInline address:
                    renderer.WriteEscape(address.Url);
                    break;
                case MathInline math:
                    renderer.WriteEscape(math.Tex);
                    break;
                case LineBreakInline:
                    renderer.Write(" ");
                    break;
            }
        }
        renderer.EnableHtmlForInline = wasEnabled;
    }

    private static bool IsInsideLink(LinkInline link)
    {
        for (var parent = link.Parent; parent is not null; parent = parent.Parent)
            if (parent is LinkInline)
                return true;
        return false;
    }
}

/// <summary>Addresses in angle brackets under the <see cref="LinkPolicy"/>.</summary>
internal sealed class SafeAutolinkRenderer : HtmlObjectRenderer<AutolinkInline>
{
    protected override void Write(HtmlRenderer renderer, AutolinkInline link)
    {
        var url = link.IsEmail ? "mailto:" + link.Url : link.Url;
        var isLink = LinkPolicy.IsAllowed(url);
        if (isLink)
            SafeLinkRenderer.WriteStart(renderer, url);
        renderer.WriteEscape(link.Url);
        if (isLink)
            renderer.Write("</a>");
    }
}
