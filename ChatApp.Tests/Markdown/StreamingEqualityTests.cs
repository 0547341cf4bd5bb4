using ChatApp.Markdown;
using FsCheck.Fluent;
using FsCheck;
using Xunit;

namespace ChatApp.Tests.Markdown;

/// <summary>However a text is cut, the closed blocks and the final tail are the HTML of the whole.</summary>
public sealed class StreamingEqualityTests
{
    private static readonly string[] Pieces =
    [
        "a", "word ", "**", "*", "_", "`", "~~", "\n", "\n", "\n", "\n\n", "\n\n", "\r\n", "\r", "- ", "- a\n", "* b\n", "1. c\n", "2) d\n",
        "  ", "    ", "\t", "> ", ">", "# ", "## head\n", "---\n", "===\n", "***\n", "```", "```\n", "```cs\n", "````\n", "~~~\n", "   ```\n",
        "    ```\n", "| a | b |\n", "|---|---|\n", "| 1 | 2 |\n", "a|b\n", "-|-\n", "|", "[x](https://a.example/)", "[", "](", ")", "![", "<",
        ">", "<div>\n", "</div>\n", "<!--\n", "&amp;", "\\", "😀", "\0", "- [x] t\n", "+ e\n\n", "  f\n", "    g\n", "10. h\n", "-\n", "1.\n",
        "https://a.example ", "text\n\n", "text\n",
        "$", "$$", "$$\n", "$x$", "$5 ", "\\(", "\\)", "\\[\n", "\\]\n", "\\[", "\\]", "[^1]", "[^1]: note\n", "[^2]: \n\n    a\n",
    ];

    private static readonly Arbitrary<string> AnyMarkdown = Gen.Elements(Pieces)
        .ListOf()
        .Select(pieces => string.Concat(pieces))
        .ToArbitrary();

    private readonly MarkdownRenderer renderer = new();

    [Fact]
    public void Complete_AnyTextCutAnywhere_EqualsTheWhole()
    {
        var property = Prop.ForAll(
            AnyMarkdown,
            Gen.Choose(1, 9).ToArbitrary(),
            (text, step) => Streamed(text, step) is not { } html || html == SafeHtml.Normalize(renderer.ToHtml(text))
        );

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(40), property);
    }

    [Fact]
    public void Streaming_AnyText_IsSafeAtEveryStep()
    {
        var property = Prop.ForAll(
            AnyMarkdown,
            text =>
            {
                var streaming = new StreamingMarkdown(renderer);
                foreach (var character in text)
                {
                    streaming.Append(character.ToString());
                    SafeHtml.Verify(string.Concat(streaming.ClosedBlocks) + streaming.TailHtml);
                }
            }
        );

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(25), property);
    }

    [Theory]
    [InlineData("- a\n\n- b\n\n\nc\n- d\n")]
    [InlineData("- a\n```\nb\n\nc\n```\nd\n")]
    [InlineData("1. a\n\n  ```\n  b\n\nc\n  ```\nd\n")]
    [InlineData("> a\nb\n\n> c\n\nd")]
    [InlineData("    a\n\n    b\n\nc\n    d\n")]
    [InlineData("a\n===\nb\n---\nc\n\n---\n")]
    [InlineData("a\nb | c\n--|--\nd | e\nf\n\ng\n")]
    [InlineData("| a |\n|---|\n| b |\ntext\n\n| c |\n|-|\n")]
    [InlineData("-\n\n  a\n-\n  b\n")]
    [InlineData("```\r\na\r\n```\r\nb\r\n\r\nc")]
    [InlineData("```\ra\r```\rb\r\rc")]
    [InlineData("```\na\n    ```\nb\n``` x\n```   \nc\n")]
    [InlineData("~~~~ x\n```\n~~~\n~~~~~\nb\n")]
    [InlineData("  ```\n   a\n b\n```\n")]
    [InlineData("+ e\n\n\tx\n10. h\n~~\n    ```\n- ---\n\nz\n")]
    [InlineData("a\n1.\n|-\nb\n2) d\n===\n")]
    [InlineData("`a\rb` `c\r\nd`\n\ne")]
    [InlineData("  10. h\n\t- a\nb\n- c\n")]
    [InlineData("- a\n\n\n    b\n\n        c\n\nd\n    e\n")]
    [InlineData("<div>\n\n<p>\na\n</p>\n\n</div>\n\nb")]
    [InlineData("a\n$$\nx\n- y\n= z\n$$\nb\n\n$$\nunclosed\n\nc")]
    [InlineData("- a\n  \\[\n  x\n  \\]\n- b\n\n> $$\n> x\n$$\n\nc")]
    [InlineData("It costs $5 and $10, or $x^2$ for \\(n\\) of \\[m\\] each.\n\n$$ a + b $$\n\nend $")]
    public void Complete_ByCharacter_EqualsTheWhole(string text) =>
        Assert.Equal(SafeHtml.Normalize(renderer.ToHtml(text)), Streamed(text, 1));

    /// <summary>The final HTML; null when the view has to take the whole instead.</summary>
    private string? Streamed(string text, int step)
    {
        var streaming = new StreamingMarkdown(renderer);
        for (var index = 0; index < text.Length; index += step)
        {
            streaming.Append(text.Substring(index, Math.Min(step, text.Length - index)));
            _ = streaming.TailHtml;
        }
        streaming.Complete();
        return streaming.NeedsWholeRender ? null : SafeHtml.Normalize(string.Concat(streaming.ClosedBlocks) + streaming.TailHtml);
    }
}
