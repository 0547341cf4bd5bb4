using System.Threading.Channels;
using Bunit;
using ChatApp.Components.Chat;
using ChatApp.Runs;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class StreamingAnswerTests : ComponentTest
{
    private readonly Guid _run = Guid.NewGuid();
    private readonly Channel<RunFinishedData> _finished = Channel.CreateUnbounded<RunFinishedData>();
    private readonly List<string> _said = [];

    [Fact]
    public void Render_NothingYet_WaitsAndReadsFromTheFirstEvent()
    {
        var answer = RenderAnswer();
        Assert.NotNull(answer.Find(".waiting"));
        Assert.Equal("true", answer.Find(".prose").GetAttribute("aria-busy"));
        Assert.Equal([(_run, 0L)], Run.Reads);
    }

    [Fact]
    public async Task Delta_FrameByFrame_TextGrowsWithoutLossOrRepetition()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        foreach (string piece in (string[])["One ", "two ", "three"])
        {
            Run.Delta(0, piece);
            await FrameAsync();
        }
        answer.WaitForAssertion(() => Assert.Equal("One two three", answer.Find(".prose").TextContent.Trim()));
        Assert.Empty(answer.FindAll(".waiting"));
    }

    [Fact]
    public async Task Delta_ManyWithinAFrame_RenderOnce()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        await FrameAsync();
        var tail = answer.FindComponents<MarkdownBlock>()[^1];
        int before = tail.RenderCount;
        for (int i = 0; i < 500; i++)
            Run.Delta(0, $"w{i} ");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Contains("w499", answer.Markup, StringComparison.Ordinal));
        // The first delta draws at once, the rest with the frame's end.
        Assert.InRange(tail.RenderCount - before, 1, 2);
    }

    [Fact]
    public async Task ClosedBlock_WhileMoreArrives_NeverRendersAgain()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        Run.Delta(0, "# Title\n\nFirst paragraph.\n\nSecond ");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Contains("Second", answer.Markup, StringComparison.Ordinal));
        var title = answer.FindComponents<MarkdownBlock>()[0];
        int before = answer.RenderCount;
        for (int i = 0; i < 30; i++)
        {
            Run.Delta(0, $"word{i} ");
            await FrameAsync();
        }
        answer.WaitForAssertion(() => Assert.Contains("word29", answer.Markup, StringComparison.Ordinal));
        Assert.Contains("<h1", title.Markup, StringComparison.Ordinal);
        Assert.True(answer.RenderCount >= before + 30);
        Assert.Equal(1, title.RenderCount);
    }

    [Fact]
    public async Task OpenListing_WhileItGrows_LeavesItsFinishedLinesAlone()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        Run.Delta(0, "```csharp\n" + string.Concat(Enumerable.Repeat("int answer = 42; // a line\n", 200)));
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.NotEmpty(answer.FindComponents<OpenCodeBlock>()));
        var first = answer.FindComponents<MarkdownBlock>()[0];
        Run.Delta(0, "last();");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.EndsWith("last();", answer.Find("pre").TextContent, StringComparison.Ordinal));
        Assert.Equal(1, first.RenderCount);
    }

    [Fact]
    public async Task RunFinished_ShowsAllTextAndSaysSoOnce()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        Run.Delta(0, "All of it.");
        Run.Finish("completed", "stop");
        Assert.Equal("completed", (await _finished.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10))).Status);
        Assert.False(_finished.Reader.TryRead(out _));
        Assert.Equal("All of it.", answer.Find(".prose").TextContent.Trim());
        Assert.Null(answer.Find(".prose").GetAttribute("aria-busy"));
    }

    [Fact]
    public void RunFinished_LinkDefinedAtTheEnd_ReachesBlocksThatWereClosed()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        Run.Delta(0, "See [the docs][d].\n\nMore.\n\n[d]: https://example.org/docs\n");
        Run.Finish("completed", "stop");
        answer.WaitForAssertion(() => Assert.Equal("https://example.org/docs", answer.Find(".prose a").GetAttribute("href")));
    }

    [Fact]
    public async Task Reasoning_Folded_IsSentOnlyWhenOpened()
    {
        var answer = RenderAnswer();
        Run.Open(0, "reasoning");
        Run.Delta(0, "Let me see");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal("Thinking…", answer.Find(".reasoning summary .thinking").TextContent));
        Assert.DoesNotContain("Let me see", answer.Markup, StringComparison.Ordinal);
        await answer.Find(".reasoning").TriggerEventAsync("ontoggle", EventArgs.Empty);
        Assert.Contains("Let me see", answer.Find(".reasoning-text").TextContent, StringComparison.Ordinal);
        Assert.Empty(answer.Find(".prose").TextContent.Trim());
    }

    [Fact]
    public async Task Reasoning_OpenWhileItGrows_SendsOnlyItsEndAgain()
    {
        var answer = RenderAnswer();
        Run.Open(0, "reasoning");
        Run.Delta(0, "Let me see.\n");
        await FrameAsync();
        await answer.WaitForElement(".reasoning").TriggerEventAsync("ontoggle", EventArgs.Empty);
        string line = "This is one line of what it thinks aloud.\n";
        for (int i = 0; i < 200; i++)
            Run.Delta(0, line);
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal("Let me see.\n" + string.Concat(Enumerable.Repeat(line, 200)), answer.Find(".reasoning-text").TextContent));
        var parts = answer.FindComponents<TextBlock>();
        Assert.True(parts.Count >= 3);
        for (int i = 0; i < 20; i++)
        {
            Run.Delta(0, $"word{i} ");
            await FrameAsync();
        }
        answer.WaitForAssertion(() => Assert.EndsWith("word19 ", answer.Find(".reasoning-text").TextContent, StringComparison.Ordinal));
        Assert.All(parts, p => Assert.Equal(1, p.RenderCount));
        // What is sent at each frame stays small, however long it thinks.
        Assert.True(answer.FindComponent<ReasoningFold>().Instance.Rest.Length < 4096);
    }

    [Fact]
    public async Task ToolCall_WhileItWorks_IsACardThatTellsItsArgumentsAndResult()
    {
        var answer = RenderAnswer();
        Run.OpenTool(0, "c1", "weather");
        Run.Delta(0, "{\"city\": \"Oslo\"}");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal("working…", answer.Find(".tool-call .tool-state").TextContent));
        Assert.Equal("weather", answer.Find(".tool-name").TextContent);
        Run.ToolResult("c1", "7 °C");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal("finished", answer.Find(".tool-call .tool-state").TextContent));
        await answer.Find(".tool-call").TriggerEventAsync("ontoggle", EventArgs.Empty);
        Assert.Equal(["{\n  \"city\": \"Oslo\"\n}", "7 °C"], answer.FindAll(".tool-part pre").Select(p => p.TextContent));
    }

    [Fact]
    public void Text_AfterAToolCall_BeginsANewParagraphAsTheStoredTextDoes()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        Run.Delta(0, "Let me see.");
        Run.OpenTool(1, "c1", "weather");
        Run.Delta(1, "{}");
        Run.Open(2, "text");
        Run.Delta(2, "It rains.");
        Run.Finish("completed", "stop");
        answer.WaitForAssertion(() => Assert.Equal(["Let me see.", "It rains."], answer.FindAll(".prose p").Select(p => p.TextContent)));
    }

    [Fact]
    public async Task Sentences_AsTheyEnd_AreSpokenEveryFewSecondsAndTheRestAtTheEnd()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        Run.Delta(0, "One is done. Two is");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal(["One is done."], _said));
        Run.Delta(0, " done. Three is done. And");
        await FrameAsync();
        Assert.Equal(["One is done."], _said);
        Time.Advance(TimeSpan.FromSeconds(3));
        Run.Delta(0, " so");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal(["One is done.", "Two is done. Three is done."], _said));
        Run.Finish("completed", "stop");
        answer.WaitForAssertion(() => Assert.Equal(["One is done.", "Two is done. Three is done.", "And so"], _said));
    }

    [Fact]
    public async Task Sentences_OfBeforeThePageCame_AreNotSpoken()
    {
        Run.Open(0, "text");
        Run.Delta(0, "An old sentence. Another one. And a ");
        var answer = RenderAnswer(Time.GetUtcNow().UtcDateTime.AddSeconds(-20));
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Contains("Another one.", answer.Find(".prose").TextContent, StringComparison.Ordinal));
        Assert.Empty(_said);
        Run.Delta(0, "new one. ");
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal(["And a new one."], _said));
    }

    [Fact]
    public async Task Sentences_OfAnAnswerThatWasQuickerThanThePage_AreSpoken()
    {
        Run.Open(0, "text");
        Run.Delta(0, "All of it.");
        Run.Finish("completed", "stop");
        var answer = RenderAnswer(Time.GetUtcNow().UtcDateTime.AddMilliseconds(-300));
        await FrameAsync();
        answer.WaitForAssertion(() => Assert.Equal(["All of it."], _said));
    }

    [Fact]
    public void Reader_Breaks_KeepsTheTextAndSaysWhatToDo()
    {
        var answer = RenderAnswer();
        Run.Open(0, "text");
        Run.Delta(0, "Partial");
        Run.Break(new IOException("gone"));
        answer.WaitForAssertion(() => Assert.Contains("Reload", answer.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Partial", answer.Find(".prose").TextContent, StringComparison.Ordinal);
        Assert.False(_finished.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Dispose_WhileReading_StopsReading()
    {
        RenderAnswer();
        await DisposeComponentsAsync();
        await Run.Stopped.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <param name="askedAt">Null for unknown.</param>
    private IRenderedComponent<StreamingAnswer> RenderAnswer(DateTime? askedAt = null)
    {
        var voice = new ThreadVoice();
        voice.Said += _said.Add;
        return Render<StreamingAnswer>(p => p
            .AddCascadingValue(voice)
            .Add(a => a.RunId, _run).Add(a => a.AskedAt, askedAt ?? default).Add(a => a.OnFinished, f => Assert.True(_finished.Writer.TryWrite(f))));
    }
}
