using System.Text;
using ChatApp.Markdown;
using Xunit;

namespace ChatApp.Tests.Markdown;

/// <summary>Texts made to be slow. Streaming is bounded by counting what the parser is given, the parser by a generous time.</summary>
public sealed class MarkdownCostTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);

    private readonly MarkdownRenderer renderer = new();

    public static TheoryData<string> SlowTexts { get; } =
    [
        "[", "*", "<", "`", "![", "[a](", "*a **b ", "_a __b ", "<a@", "&", "\\", "]", "~~", "> ", "- ", "| a ", "http://a.", "a\n", "# \n", "1. a\n",
        "`a``b```", "[a](b (", "[a](b \"", "[a](<b ", "[[a]](", "http://(", "www.(", "[x]:a\n", "[x]:\n", "[a][", "![[]()", "**a*", "a@b.",
    ];

    [Theory]
    [MemberData(nameof(SlowTexts))]
    public async Task ToHtml_Repeated50000Times_Ends(string piece)
    {
        var text = new StringBuilder().Insert(0, piece, 50_000).ToString();

        var html = await Task.Run(() => renderer.ToHtml(text)).WaitAsync(Generous);

        Assert.NotEmpty(html);
    }

    [Fact]
    public async Task ToHtml_HugeTable_Ends()
    {
        var text = "| a | b | c |\n|---|---|---|\n" + string.Concat(Enumerable.Range(0, 20_000).Select(row => $"| {row} | **b** | `c` |\n"));

        var html = await Task.Run(() => renderer.ToHtml(text)).WaitAsync(Generous);

        Assert.Equal(20_001, html.Split("<tr>").Length - 1);
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("```\n", "code line\n\n")]
    [InlineData("", "- item with **bold** text\n")]
    [InlineData("", "- a\n\n  b\n\n")]
    [InlineData("", "paragraph of *some* words\n\n")]
    [InlineData("| a |\n|---|\n", "| b |\n")]
    [InlineData("", "[")]
    [InlineData("> ", "> ")]
    public void Streaming_50KilobytesReadAtEveryToken_ParsesALinearAmount(string start, string piece = "word ")
    {
        long ParsedFor(int length)
        {
            var streaming = new StreamingMarkdown(renderer);
            streaming.Append(start);
            for (var sent = 0; sent < length; sent += piece.Length)
            {
                streaming.Append(piece);
                _ = streaming.TailHtml;
            }
            streaming.Complete();
            return streaming.ParsedCharacters;
        }

        var half = ParsedFor(25_000);
        var whole = ParsedFor(50_000);

        Assert.True(whole < 2.6 * half, $"{half} characters parsed for 25 KB, {whole} for 50 KB");
    }
}
