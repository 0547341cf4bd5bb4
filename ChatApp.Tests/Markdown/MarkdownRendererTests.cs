using ChatApp.Markdown;
using Xunit;

namespace ChatApp.Tests.Markdown;

public sealed class MarkdownRendererTests
{
    private readonly MarkdownRenderer renderer = new();

    [Theory]
    [InlineData("", "")]
    [InlineData("a\nb", "<p>a<br />\nb</p>\n")]
    [InlineData("a\r\nb\rc", "<p>a<br />\nb<br />\nc</p>\n")]
    [InlineData("# One", "<h1>One</h1>\n")]
    [InlineData("~~gone~~ ~kept~", "<p><del>gone</del> ~kept~</p>\n")]
    [InlineData("3. three", "<ol start=\"3\">\n<li>three</li>\n</ol>\n")]
    [InlineData("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n")]
    public void ToHtml_Text_IsRendered(string text, string expected) => Assert.Equal(expected, renderer.ToHtml(text));

    [Fact]
    public void ToHtml_CodeFence_HasHeadLanguageAndCopyButton()
    {
        Assert.Equal(
            """
            <div class="code-block" data-lang="c#"><div class="code-head"><span class="code-lang">c#</span><button type="button" class="code-copy">Copy</button></div><pre tabindex="0"><code class="language-c#">var a = 1 &lt; 2;
            </code></pre></div>

            """.ReplaceLineEndings("\n"),
            renderer.ToHtml("```c#\nvar a = 1 < 2;\n```")
        );
    }

    [Fact]
    public void ToHtml_LanguageThatIsNoName_IsLeftOut()
    {
        var html = renderer.ToHtml("```a\"b\nx\n```");

        Assert.Contains("data-lang=\"\"", html, StringComparison.Ordinal);
        Assert.Contains("<pre tabindex=\"0\"><code>x", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_Table_ScrollsByItselfAndAlignsByClass()
    {
        var body = SafeHtml.Verify(renderer.ToHtml("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |"));

        var box = body.QuerySelector("div.table-scroll")!;
        Assert.Equal(("0", "region", "Table"), (box.GetAttribute("tabindex"), box.GetAttribute("role"), box.GetAttribute("aria-label")));
        Assert.Equal(["a", "b", "c"], box.QuerySelectorAll("thead th").Select(cell => cell.TextContent));
        Assert.Equal([null, "align-center", "align-right"], box.QuerySelectorAll("tbody td").Select(cell => cell.GetAttribute("class")));
    }

    [Fact]
    public void ToHtml_TaskList_ShowsDisabledBoxes()
    {
        var boxes = SafeHtml.Verify(renderer.ToHtml("- [x] done\n- [ ] open")).QuerySelectorAll("li > input");

        Assert.Equal([true, false], boxes.Select(box => box.HasAttribute("checked")));
        Assert.Equal(["Done", "To do"], boxes.Select(box => box.GetAttribute("aria-label")));
        Assert.All(boxes, box => Assert.True(box.HasAttribute("disabled")));
    }

    [Theory]
    [InlineData(129)]
    [InlineData(5000)]
    public void ToHtml_NestedTooDeeply_IsPlainText(int depth)
    {
        var quotes = new string('>', depth);

        var body = SafeHtml.Verify(renderer.ToHtml(quotes + " a <b>\nc"));

        Assert.Equal(quotes + " a <b>\nc", body.QuerySelector("p")!.TextContent);
        Assert.NotNull(body.QuerySelector("p > br"));
    }

    // Not in attributes: those cannot carry half a surrogate pair.
    public static TheoryData<string> OddTexts { get; } =
        ["a\0b", "a\ud83d b", "\ude00 b `\ud83d` [\ud83d](https://a.example/\ud83d)", "\u202ered\u202c \u2066fox\u2069 \u200f"];

    [Theory]
    [MemberData(nameof(OddTexts))]
    public void ToHtml_OddCharacters_NeverThrows(string text) => Assert.NotEmpty(SafeHtml.Verify(renderer.ToHtml(text)).TextContent);

    [Fact]
    public void ToHtml_BidiText_IsKept() =>
        Assert.Equal("שלום \u202eabc\u202c عالم", SafeHtml.Verify(renderer.ToHtml("שלום \u202eabc\u202c عالم")).TextContent.Trim());

    [Fact]
    public void ToHtml_SameText_IsRenderedOnce() => Assert.Same(renderer.ToHtml("*a*"), renderer.ToHtml("*" + "a*"));

    [Fact]
    public void HtmlCache_Overfull_DropsTheLeastRecentlyUsed()
    {
        var cache = new HtmlCache(capacity: 80);
        var rendered = new List<string>();
        string Get(string text) => cache.GetOrAdd(text, key => { rendered.Add(key); return new string('x', 9); });

        for (var letter = 'a'; letter <= 'h'; letter++)
            Get(letter.ToString());
        Get("a");
        Get("i");
        Get("a");
        Get("b");

        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h", "i", "b"], rendered);
        Assert.Equal(80, cache.Size);
    }

    [Fact]
    public void HtmlCache_LargeEntry_IsNotKept()
    {
        var cache = new HtmlCache(capacity: 80);

        cache.GetOrAdd("a", _ => new string('x', 10));

        Assert.Equal(0, cache.Size);
    }
}
