using ChatApp.Markdown;
using Xunit;

namespace ChatApp.Tests.Markdown;

public sealed class FootnoteTests
{
    private readonly MarkdownRenderer renderer = new();

    [Fact]
    public void ToHtml_Footnotes_AreNumberedAndLeadBothWaysWithoutAnId()
    {
        var body = SafeHtml.Verify(renderer.ToHtml("A[^b] and B[^a] and A again[^b].\n\n[^a]: Second **note**.\n[^b]: First.\n[^c]: Unused."));

        Assert.Equal(["1", "2", "1"], body.QuerySelectorAll("sup button.note-number").Select(b => b.GetAttribute("data-note")));
        Assert.Equal(["First.", "Second note."], body.QuerySelectorAll(".footnotes li").Select(l => l.TextContent.TrimEnd('\n', '↩', ' ')));
        Assert.Equal(["1", "2"], body.QuerySelectorAll(".footnotes li").Select(l => l.GetAttribute("data-note")));
        Assert.NotEmpty(body.QuerySelectorAll(".footnotes .note-back[data-note='2']"));
        Assert.Empty(body.QuerySelectorAll("[id], a"));
    }

    [Fact]
    public void ToHtml_NumberWithoutNote_StaysText() => Assert.Contains("A[^1].", renderer.ToHtml("A[^1]."), StringComparison.Ordinal);

    [Theory]
    [InlineData("A[^1].\n\nB\n\n[^1]: Note")]
    [InlineData("A[^1].\n\nB\n\n[^1]: Note\n\nC\n")]
    public void Complete_NoteAtTheEnd_AsksForTheWhole(string text)
    {
        var streaming = new StreamingMarkdown(renderer);
        foreach (var character in text)
        {
            streaming.Append(character.ToString());
            SafeHtml.Verify(string.Concat(streaming.ClosedBlocks) + streaming.TailHtml);
        }
        streaming.Complete();
        Assert.True(streaming.NeedsWholeRender);
    }
}
