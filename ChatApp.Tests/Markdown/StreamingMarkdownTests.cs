using ChatApp.Markdown;
using Xunit;

namespace ChatApp.Tests.Markdown;

public sealed class StreamingMarkdownTests
{
    private readonly MarkdownRenderer renderer = new();

    [Theory]
    [InlineData("para\n-", "<p>para</p>")]
    [InlineData("para\n=", "<p>para</p>")]
    [InlineData("-", "")]
    [InlineData("#", "")]
    [InlineData("## ", "")]
    [InlineData("12.", "")]
    [InlineData("- a\n- ", "<ul><li>a</li></ul>")]
    [InlineData("- a\n  1. ", "<ul><li>a</li></ul>")]
    [InlineData("- [", "")]
    [InlineData("- [x] a", "<ul class=\"contains-task-list\"><li class=\"task-list-item\"><input type=\"checkbox\" disabled aria-label=\"Done\" checked /> a</li></ul>")]
    [InlineData("a **b", "<p>a <strong>b</strong></p>")]
    [InlineData("a **b ", "<p>a <strong>b</strong></p>")]
    [InlineData("a **b*", "<p>a <strong>b</strong></p>")]
    [InlineData("a **b *c", "<p>a <strong>b <em>c</em></strong></p>")]
    [InlineData("a ***b", "<p>a <em><strong>b</strong></em></p>")]
    [InlineData("a **", "<p>a</p>")]
    [InlineData("5 * 3", "<p>5 * 3</p>")]
    [InlineData("5*3 and snake_case", "<p>5*3 and snake_case</p>")]
    [InlineData("~~a", "<p><del>a</del></p>")]
    [InlineData("a `b", "<p>a <code>b</code></p>")]
    [InlineData("a `", "<p>a</p>")]
    [InlineData("**a `b*", "<p><strong>a <code>b*</code></strong></p>")]
    [InlineData("see [the text](https://exa", "<p>see the text</p>")]
    [InlineData("see [the **text**](https://example.org \"ti", "<p>see the <strong>text</strong></p>")]
    [InlineData("see ![alt", "<p>see</p>")]
    [InlineData("see ![alt](https://exa", "<p>see</p>")]
    [InlineData("f[0](a and b", "<p>f[0](a and b</p>")]
    [InlineData("# head *it", "<h1>head <em>it</em></h1>")]
    [InlineData("> quote **b", "<blockquote><p>quote <strong>b</strong></p></blockquote>")]
    [InlineData("| a | b", "")]
    [InlineData("a **b**", "<p>a <strong>b</strong></p>")]
    [InlineData("a **b *c*", "<p>a <strong>b <em>c</em></strong></p>")]
    [InlineData("a \\", "<p>a</p>")]
    public void TailHtml_HalfReceived_IsRepaired(string text, string expected)
    {
        var streaming = new StreamingMarkdown(renderer);

        streaming.Append(text);

        Assert.Equal(expected, SafeHtml.Normalize(streaming.TailHtml).Replace(" </p>", "</p>", StringComparison.Ordinal));
    }

    [Fact]
    public void TailHtml_HalfAnEmoji_IsHeldBack()
    {
        var streaming = new StreamingMarkdown(renderer);

        streaming.Append("fox \ud83e");
        Assert.Equal("<p>fox</p>\n", streaming.TailHtml);
        streaming.Append("\udd8a");

        Assert.Equal("<p>fox \ud83e\udd8a</p>\n", streaming.TailHtml);
    }

    [Theory]
    [InlineData("| a | b |\n")]
    [InlineData("| a | b |\n|--")]
    [InlineData("| a | b |\n|---|---|\n|")]
    public void TailHtml_TableBeforeItsRows_ShowsTheHeader(string text)
    {
        var streaming = new StreamingMarkdown(renderer);

        streaming.Append(text);

        var body = SafeHtml.Verify(streaming.TailHtml);
        Assert.Equal(["a", "b"], body.QuerySelectorAll("th").Select(cell => cell.TextContent));
        Assert.Empty(body.QuerySelectorAll("td, p"));
    }

    [Fact]
    public void TailHtml_OpenFence_IsAnOpenCodeBlock()
    {
        var streaming = new StreamingMarkdown(renderer);

        streaming.Append("text\n\n```py\n");
        Assert.Equal(["<p>text</p>\n"], streaming.ClosedBlocks);
        streaming.Append("if a < b:\n  pass\n``");

        Assert.Equal("if a < b:\n  pass\n", SafeHtml.Verify(streaming.TailHtml).QuerySelector("pre > code.language-py")!.TextContent);
        Assert.Equal("py", streaming.OpenCode!.Language);
        streaming.Append("`\n");
        Assert.Null(streaming.OpenCode);
        Assert.Equal(2, streaming.ClosedBlocks.Count);
        Assert.Equal("", streaming.TailHtml);
    }

    [Fact]
    public void OpenCode_ManyLines_ChunksNeverChange()
    {
        var streaming = new StreamingMarkdown(renderer);
        streaming.Append("```\n");
        var seen = new List<string>();
        for (var line = 0; line < 1000; line++)
        {
            streaming.Append($"line <{line}>\n");
            var chunks = streaming.OpenCode!.Chunks;
            Assert.Equal(seen, chunks.Take(seen.Count));
            seen = [.. chunks];
        }

        Assert.InRange(seen.Count, 5, 20);
        Assert.Equal(1000, SafeHtml.Verify(streaming.TailHtml).QuerySelector("code")!.TextContent.Count(character => character == '\n'));
    }

    [Fact]
    public void ClosedBlocks_LooseListWithNestedFence_StaysOpenUntilItIsOver()
    {
        var streaming = new StreamingMarkdown(renderer);

        streaming.Append("- a\n\n  ```\n  x\n\n  y\n  ```\n\n- b\n\n");
        Assert.Empty(streaming.ClosedBlocks);
        streaming.Append("after");
        Assert.Empty(streaming.ClosedBlocks);
        streaming.Append(" the list\n");

        Assert.Single(streaming.ClosedBlocks);
    }

    [Fact]
    public void ClosedBlocks_Read_NeverChange()
    {
        var text = string.Concat(Enumerable.Repeat("# h\n\n- a\n\n  b\n\n```c\nx\n```\n> q\n\n| a |\n|---|\n| b |\n\nlast **b**\n", 5));
        var streaming = new StreamingMarkdown(renderer);
        var seen = new List<string>();
        foreach (var character in text)
        {
            streaming.Append(character.ToString());
            Assert.Equal(seen, streaming.ClosedBlocks.Take(seen.Count));
            seen = [.. streaming.ClosedBlocks];
        }

        Assert.True(seen.Count > 20);
    }

    [Fact]
    public void Complete_ReferenceDefinition_AsksForTheWhole()
    {
        var streaming = new StreamingMarkdown(renderer);
        streaming.Append("see [a][1]\n\nthen\n\n[1]: https://example.org/\n");

        streaming.Complete();

        Assert.True(streaming.NeedsWholeRender);
    }

    [Fact]
    public void Streaming_NestedTooDeeply_IsPlainTextAtEveryStep()
    {
        var streaming = new StreamingMarkdown(renderer);
        foreach (var character in "first\n\n" + new string('>', 140) + " <b>\nand on\n\nmore\n")
        {
            streaming.Append(character.ToString());
            SafeHtml.Verify(string.Concat(streaming.ClosedBlocks) + streaming.TailHtml);
        }
        streaming.Complete();

        Assert.True(streaming.NeedsWholeRender);
        Assert.EndsWith("more", SafeHtml.Verify(streaming.TailHtml).TextContent.Trim(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From **README.md", "From README.md", "strong")]
    [InlineData("Say `one", "Say one", "code")]
    [InlineData("- a\n- *b", "a\nb", "em")]
    [InlineData("See $$\n\\frac{1}", "frac{1}", null)]
    [InlineData("| a | b", "| a | b", null)]
    [InlineData("It costs $5 and **two", "It costs $5 and two", "strong")]
    [InlineData("![a cat](https://exa", "![a cat](https://exa", null)]
    [InlineData("see [the docs](https://exa", "see the docs", null)]
    public void Complete_TextThatBrokeOff_HasNothingOpenAndLosesNothing(string text, string shown, string? element)
    {
        var streaming = new StreamingMarkdown(renderer);
        streaming.Append("first\n\n" + text);
        streaming.Complete(isCut: true);
        foreach (string html in new[] { streaming.TailHtml, renderer.ToHtml(text, isCut: true), renderer.ToHtml("first\n\n" + text.ReplaceLineEndings("\r\n"), isCut: true) })
        {
            var content = SafeHtml.Verify(html);
            Assert.EndsWith(shown, string.Join('\n', content.TextContent.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
            if (element != null)
                Assert.NotNull(content.QuerySelector(element));
        }
    }

    [Fact]
    public void Append_AfterComplete_Throws()
    {
        var streaming = new StreamingMarkdown(renderer);
        streaming.Complete();

        Assert.Throws<InvalidOperationException>(() => streaming.Append("a"));
    }
}
