using ChatApp.Providers;
using ChatApp.Providers.Demo;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatApp.Tests.Providers.Demo;

public sealed class DemoChatClientTests
{
    private static readonly DocsIndex Docs = new(
    [
        ("README.md", "# Product\nA chat server.\n\n## Connect a real provider\nRun `providers add` with an API key.\n\n## Licence\nMIT.\n"),
        ("docs/api.md", "# API\n## Streaming\nEvents are streamed as SSE.\n```\n# not a heading\n```\n"),
    ]);

    private readonly VirtualTime _time = new();

    private Task<StreamedAnswer> AskAsync(params ReadOnlySpan<string> texts)
    {
        var messages = new List<ChatMessage>();
        foreach (string text in texts)
            messages.Add(new ChatMessage(messages.Count % 2 == 0 ? ChatRole.User : ChatRole.Assistant, text));
        return StreamedAnswer.ReadAsync(new DemoChatClient(Docs, _time), "docs", messages);
    }

    [Fact]
    public async Task Stream_FirstQuestion_SaysItIsNoModelAndQuotesTheSection()
    {
        var answer = await AskAsync("How do I connect a provider?");

        Assert.StartsWith("I am the demo: no language model is connected.", answer.Text, StringComparison.Ordinal);
        Assert.Contains("From **README.md › Product › Connect a real provider**:\n\n> Run `providers add` with an API key.\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, answer.Finish);
        Assert.True(Assert.Single(answer.Contents.OfType<UsageContent>()).IsEstimated());
    }

    [Fact]
    public async Task Stream_LaterQuestion_DoesNotIntroduceItselfAgain()
    {
        var answer = await AskAsync("Hello?", "I am the demo.", "what is streamed");

        Assert.StartsWith("From **docs/api.md › API › Streaming**", answer.Text, StringComparison.Ordinal);
        Assert.Contains("> # not a heading", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("How do I connect a provider?")]
    [InlineData("/demo tokens=12")]
    [InlineData("/demo markdown")]
    public async Task Stream_AskedToGoOn_SaysTheRest(string question)
    {
        string whole = (await AskAsync(question)).Text;
        foreach (int length in new[] { 3, whole.Length / 2, whole.Length - 1 })
        {
            var rest = await AskAsync(question, whole[..length], Continuation.Instruction);
            Assert.Equal(whole[length..], rest.Text);
        }
    }

    [Fact]
    public async Task Stream_AskedToGoOnAfterItFailed_DoesNotFailAgain() =>
        Assert.StartsWith("w2 w3", (await AskAsync("/demo error after=3", "w1 ", Continuation.Instruction)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Stream_AskedToGoOnWithAnothersText_SaysThatItCannot()
    {
        var rest = await AskAsync("How do I connect a provider?", "With a cable", Continuation.Instruction);
        Assert.Contains("only with what it said itself", rest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_NothingFound_SaysSoAndSuggests()
    {
        var answer = await AskAsync("Xyzzy?");

        Assert.Contains("I found nothing about that in the docs.", answer.Text, StringComparison.Ordinal);
        Assert.Contains("--api-key-env OPENAI_API_KEY", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_NothingFoundLater_SaysThatItIsNoModel()
    {
        var answer = await AskAsync("Hello?", "I am the demo.", "Xyzzy?");

        Assert.StartsWith("I found nothing about that in the docs; I am a demo, not a model.", answer.Text, StringComparison.Ordinal);
        Assert.Equal(3, answer.Text.Split("\n- ").Length - 1);
    }

    [Theory]
    [InlineData("What is Product?")]
    [InlineData("What can you do?")]
    public async Task Stream_NoWordsButTheProductsName_QuotesTheIntroduction(string question)
    {
        var answer = await AskAsync(question);

        Assert.Contains("From **README.md › Product**:\n\n> A chat server.", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("streaming", true)]
    [InlineData("streaming events of xyzzy", true)]
    [InlineData("streaming of xyzzy and plugh", false)]
    public void Search_WordsThatTheDocsLack_CountAgainstTheSection(string question, bool found) =>
        Assert.Equal(found, Docs.Search(question, 1).Count == 1);

    [Fact]
    public async Task Stream_Answer_ComesAtReadingPace()
    {
        var answer = await AskAsync("How do I connect a provider?");

        double perSecond = answer.Usage.OutputTokenCount!.Value / _time.Elapsed.TotalSeconds;
        Assert.InRange(perSecond, 30, 50);
    }

    [Fact]
    public async Task Stream_TokensAndDelay_AreObeyedInOrder()
    {
        var answer = await AskAsync("/demo tokens=200 delay=20");

        Assert.Equal(string.Join(' ', Enumerable.Range(1, 200).Select(i => $"w{i}")), answer.Text);
        Assert.Equal(200, answer.Contents.OfType<TextContent>().Count());
        Assert.Equal(TimeSpan.FromMilliseconds(199 * 20), _time.Elapsed);
        Assert.Equal((3, 200), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
    }

    [Theory]
    [InlineData("/demo tokens=999999999999 delay=0", 20_000)]
    [InlineData("/demo tokens=3 delay=0", 3)]
    public async Task Stream_Tokens_HaveALimit(string command, int tokens)
    {
        var answer = await AskAsync(command);

        Assert.Equal(tokens, answer.Contents.OfType<TextContent>().Count());
    }

    [Theory]
    [InlineData("/demo")]
    [InlineData("/demo what")]
    [InlineData("/demo tokens=-1")]
    [InlineData("/demo tokens=x")]
    [InlineData("/demo colour=red")]
    [InlineData("/demo error hang")]
    public async Task Stream_CommandNotUnderstood_ExplainsThem(string command)
    {
        var answer = await AskAsync(command);

        Assert.StartsWith("The demo understands:", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/demo error after=3", 3)]
    [InlineData("/demo error after=0", 0)]
    [InlineData("/demo error after=9 tokens=2", 2)]
    public async Task Stream_Error_FailsAfterSoManyTokens(string command, int tokens)
    {
        var answer = await AskAsync(command);

        Assert.Equal(tokens, answer.Contents.OfType<TextContent>().Count());
        Assert.Equal(ProviderFault.ServerError, answer.Fault?.Fault);
        Assert.Null(answer.Finish);
    }

    [Fact]
    public async Task Stream_Hang_IsSilentUntilCancelled()
    {
        using var stop = new CancellationTokenSource();
        await using var updates = new DemoChatClient(Docs, _time)
            .GetStreamingResponseAsync("/demo hang after=2", cancellationToken: stop.Token).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        Assert.True(await updates.MoveNextAsync());

        var third = updates.MoveNextAsync().AsTask();

        Assert.False(third.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
    }

    [Fact]
    public async Task Stream_OtherShapes_AreWhatTheySay()
    {
        var reasoning = await AskAsync("/demo reasoning tokens=5");
        var length = await AskAsync("/demo length tokens=5");
        var markdown = await AskAsync("/demo markdown");

        Assert.NotEmpty(reasoning.Reasoning);
        Assert.Equal("w1 w2 w3 w4 w5", reasoning.Text);
        Assert.Equal(ChatFinishReason.Length, length.Finish);
        Assert.All((string[])["# ", "1. ", "|---", "```csharp", "> "], part => Assert.Contains(part, markdown.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_MarkdownWithTokens_IsTheSampleUntilThereAreSoMany()
    {
        var sample = await AskAsync("/demo markdown");
        var cut = await AskAsync("/demo markdown tokens=7 delay=0");
        var again = await AskAsync("/demo markdown tokens=500 delay=0");

        Assert.StartsWith(cut.Text, sample.Text, StringComparison.Ordinal);
        Assert.Equal(7, cut.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith(sample.Text + "\n\n# A sample", again.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/demo tool", "stop", 1)]
    [InlineData("/demo tool tokens=0", "tool_calls", 0)]
    public async Task Stream_Tool_IsCalledInPiecesAndWhole(string command, string finish, int results)
    {
        var answer = await AskAsync(command);

        Assert.Equal("{\"time_zone\": \"UTC\"}", string.Concat(answer.Contents.OfType<ToolCallDelta>().Select(d => d.Arguments)));
        Assert.Equal("UTC", Assert.Single(answer.Contents.OfType<FunctionCallContent>()).Arguments!["time_zone"]!.ToString());
        Assert.Equal(results, answer.Contents.OfType<FunctionResultContent>().Count());
        Assert.Equal((results > 0, finish), (answer.Text.Length > 0, answer.Finish?.Value));
    }
}
