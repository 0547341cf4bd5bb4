using ChatApp.Markdown;
using Xunit;

namespace ChatApp.Tests.Markdown;

public sealed class MathematicsTests
{
    private readonly MarkdownRenderer renderer = new();

    [Theory]
    [InlineData("Let $x^2$ be", "x^2")]
    [InlineData("Let \\(a_1 * b_2 * c\\) be", "a_1 * b_2 * c")]
    [InlineData("($n$)", "n")]
    [InlineData("$\\text{5 \\$ each}$", "\\text{5 \\$ each}")]
    [InlineData("- $a|b|c$", "a|b|c")]
    [InlineData("$a$, $b$", "a", "b")]
    [InlineData("| $|x|$ | b |\n|---|---|\n| c | d |", "|x|")]
    public void ToHtml_FormulaInText_IsOneElementWithItsTex(string text, params string[] expected) =>
        Assert.Equal(expected, SafeHtml.Verify(renderer.ToHtml(text)).QuerySelectorAll(".math:not(.math-display)").Select(m => m.TextContent));

    [Theory]
    [InlineData("$$\nx\n- y\n= z\n$$", "x\n- y\n= z")]
    [InlineData("\\[\n\\begin{aligned}\n&a \\\\\n+b\n\\end{aligned}\n\\]", "\\begin{aligned}\n&a \\\\\n+b\n\\end{aligned}")]
    [InlineData("Then:\n$$E = mc^2$$\nand so on", "E = mc^2")]
    [InlineData("so \\[ a < b \\] holds", "a < b")]
    [InlineData("so $$a$$ holds", "a")]
    public void ToHtml_FormulaOfItsOwn_IsDisplayed(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(SafeHtml.Verify(renderer.ToHtml(text)).QuerySelectorAll(".math-display")).TextContent);

    [Theory]
    [InlineData("It costs $5 and $10.")]
    [InlineData("From $5-$10, US$3, 5$ or $ 6.")]
    [InlineData("$20 million (or 15$)")]
    [InlineData("Set $HOME and $PATH, or $HOME/$USER.")]
    [InlineData("`$x$` and `\\(y\\)`")]
    [InlineData("\\$x\\$")]
    [InlineData("```\n$$\nx\n$$\n```")]
    [InlineData("$$\nnever closed\n\nand more")]
    [InlineData("$x\ny$")]
    [InlineData("$$ $$ and \\(\\)")]
    public void ToHtml_NoFormula_StaysText(string text) => Assert.Empty(SafeHtml.Verify(renderer.ToHtml(text)).QuerySelectorAll(".math"));

    [Theory]
    [InlineData("so \\(a + ", "so")]
    [InlineData("so \\[a_1 ", "so")]
    [InlineData("so $$a", "so")]
    [InlineData("so $a", "so")]
    [InlineData("so it costs $5 for", "so it costs $5 for")]
    [InlineData("text\n\n$$\nx = ", "text")]
    [InlineData("text\n\n\\[\nx = ", "text")]
    [InlineData("text\n\n$", "text")]
    public void TailHtml_HalfAFormula_IsHeldBack(string text, string expected)
    {
        var streaming = new StreamingMarkdown(renderer);
        streaming.Append(text);
        Assert.Equal(expected, SafeHtml.Verify(string.Concat(streaming.ClosedBlocks) + streaming.TailHtml).TextContent.Trim());
    }

    [Fact]
    public void ToHtml_ManyOpeningMarks_CostsLittle()
    {
        var started = TimeProvider.System.GetTimestamp();
        foreach (var mark in (string[])["\\(", "\\[", "$a ", "$$", "a$$ "])
            renderer.ToHtml(string.Concat(Enumerable.Repeat(mark, 50_000)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 10);
    }
}
