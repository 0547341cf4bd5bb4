using ChatApp.Markdown;
using Xunit;

namespace ChatApp.Tests.Markdown;

public sealed class MarkdownSafetyTests
{
    private readonly MarkdownRenderer renderer = new();

    [Theory]
    [MemberData(nameof(HostileTexts.WithoutLinks), MemberType = typeof(HostileTexts))]
    public void ToHtml_HostileText_HasNoLinkImageOrHandler(string text)
    {
        var body = SafeHtml.Verify(renderer.ToHtml(text));

        Assert.Empty(body.QuerySelectorAll("a, img"));
    }

    [Theory]
    [MemberData(nameof(HostileTexts.WithoutLinks), MemberType = typeof(HostileTexts))]
    public void Streaming_HostileTextByCharacter_IsSafeAtEveryStep(string text)
    {
        var streaming = new StreamingMarkdown(renderer);
        foreach (var character in text)
        {
            streaming.Append(character.ToString());
            Assert.Empty(SafeHtml.Verify(HtmlOf(streaming)).QuerySelectorAll("a[href^='j' i], a[href^='v' i], a[href^='d' i], img"));
        }
        streaming.Complete();

        Assert.Empty(SafeHtml.Verify(HtmlOf(streaming)).QuerySelectorAll("a, img"));
    }

    [Theory]
    [MemberData(nameof(HostileTexts.OnOtherHosts), MemberType = typeof(HostileTexts))]
    public void ToHtml_OtherHost_NeedsAClick(string text)
    {
        var body = SafeHtml.Verify(renderer.ToHtml(text));

        Assert.Empty(body.QuerySelectorAll("[src], [srcset], [poster], [background], [data], [ping]"));
        Assert.Single(body.QuerySelectorAll("a"));
    }

    [Theory]
    [MemberData(nameof(HostileTexts.OnOtherHosts), MemberType = typeof(HostileTexts))]
    public void Streaming_OtherHostByCharacter_NeedsAClickAtEveryStep(string text)
    {
        var streaming = new StreamingMarkdown(renderer);
        foreach (var character in text)
        {
            streaming.Append(character.ToString());
            Assert.Empty(SafeHtml.Verify(HtmlOf(streaming)).QuerySelectorAll("[src], [srcset], [poster], [background], [data], [ping]"));
        }
    }

    [Fact]
    public void ToHtml_ExternalImage_NamesTextAndHost()
    {
        var link = SafeHtml.Verify(renderer.ToHtml("![a *red* `fox`](https://evil.example/x.png)")).QuerySelector("a")!;

        Assert.Equal("Image: a red fox (evil.example)", link.TextContent);
        Assert.Equal("https://evil.example/x.png", link.GetAttribute("href"));
    }

    [Fact]
    public void ToHtml_OwnImage_LoadsLazily()
    {
        var image = SafeHtml.Verify(renderer.ToHtml("![a \"red\" <fox>](/api/files/0198f0c2-7c1e-7f3a-9d0b-5a3c1e2f4b6d)")).QuerySelector("img")!;

        Assert.Equal("/api/files/0198f0c2-7c1e-7f3a-9d0b-5a3c1e2f4b6d", image.GetAttribute("src"));
        Assert.Equal("a \"red\" <fox>", image.GetAttribute("alt"));
        Assert.Equal("lazy", image.GetAttribute("loading"));
    }

    [Theory]
    [InlineData("[x](https://example.org/a?b=c#d)", "https://example.org/a?b=c#d")]
    [InlineData("[x](HTTP://example.org)", "HTTP://example.org")]
    [InlineData("[x](mailto:a@example.org)", "mailto:a@example.org")]
    [InlineData("[x](/api/files/0198F0C2-7c1e-7f3a-9d0b-5a3c1e2f4b6d)", "/api/files/0198F0C2-7c1e-7f3a-9d0b-5a3c1e2f4b6d")]
    [InlineData("[x][1]\n\n[1]: https://example.org/", "https://example.org/")]
    [InlineData("<https://example.org/>", "https://example.org/")]
    [InlineData("<a@example.org>", "mailto:a@example.org")]
    [InlineData("see https://example.org/ now", "https://example.org/")]
    [InlineData("[x](https://пример.example/)", "https://xn--e1afmkfd.example/")]
    public void ToHtml_AllowedAddress_IsLinked(string text, string expected)
    {
        var link = Assert.Single(SafeHtml.Verify(renderer.ToHtml(text)).QuerySelectorAll("a"));

        Assert.Equal(expected, link.GetAttribute("href"));
    }

    private static string HtmlOf(StreamingMarkdown streaming) => string.Concat(streaming.ClosedBlocks) + streaming.TailHtml;
}
