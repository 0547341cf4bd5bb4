using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;

namespace ChatApp.Markdown;

/// <summary>
/// The one Markdig pipeline. Extensions are chosen one by one: the usual "advanced" set ends in generic attributes
/// (<c>{onclick=…}</c>), media links and diagrams. Nothing writes an id: footnotes have renderers of their own.
/// </summary>
internal static class SafeMarkdown
{
    public static MarkdownPipeline Pipeline { get; } = Build();

    private static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder()
            .UsePipeTables(new PipeTableOptions { UseGfmRules = true })
            .UseTaskLists()
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .UseAutoLinks()
            .UseFootnotes()
            .UseSoftlineBreakAsHardlineBreak()
            .DisableHtml();
        builder.Extensions.Add(new Renderers());
        return builder.Build();
    }

    private sealed class Renderers : IMarkdownExtension
    {
        public void Setup(MarkdownPipelineBuilder pipeline)
        {
            pipeline.BlockParsers.Insert(0, new MathBlockParser());
            pipeline.InlineParsers.Insert(0, new MathInlineParser());
        }

        public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
        {
            renderer.ObjectRenderers.Replace<Markdig.Renderers.Html.CodeBlockRenderer>(new CodeBlockRenderer());
            renderer.ObjectRenderers.Replace<LinkInlineRenderer>(new SafeLinkRenderer());
            renderer.ObjectRenderers.Replace<AutolinkInlineRenderer>(new SafeAutolinkRenderer());
            renderer.ObjectRenderers.Replace<HtmlTableRenderer>(new TableRenderer());
            renderer.ObjectRenderers.Replace<HtmlTaskListRenderer>(new TaskBoxRenderer());
            renderer.ObjectRenderers.Replace<HtmlFootnoteLinkRenderer>(new FootnoteLinkRenderer());
            renderer.ObjectRenderers.Replace<HtmlFootnoteGroupRenderer>(new FootnoteGroupRenderer());
            renderer.ObjectRenderers.Add(new MathInlineRenderer());
            renderer.ObjectRenderers.Add(new MathBlockRenderer());
        }
    }
}
