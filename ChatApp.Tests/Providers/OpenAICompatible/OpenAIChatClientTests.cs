using System.Text;
using ChatApp.Providers;
using ChatApp.Providers.OpenAICompatible;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatApp.Tests.Providers.OpenAICompatible;

public sealed class OpenAIChatClientTests : ChatClientContract
{
    private const string Stop = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n";

    private protected override IChatClient NewClient(int port, string? key) =>
        new OpenAIChatClient(Http.Client, ProviderName, new Uri($"http://127.0.0.1:{port}/v1/"), key, Time);

    [Fact]
    public async Task Stream_Request_SaysWhatWasAsked()
    {
        Provider.Script("m", s => s.Text("ok").Finish());
        var options = new ChatOptions { Instructions = "Be brief.", Temperature = 0.5f, TopP = 0.25f, MaxOutputTokens = 77, StopSequences = ["END"] };

        await StreamedAnswer.ReadAsync(
            NewClient(), "m",
            [
                new(ChatRole.User, "What is \"it\"?"),
                new(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("A"), new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["x"] = 1 })]),
                new(ChatRole.Tool, [new FunctionResultContent("c1", "42")]),
                new(ChatRole.User, "日本"),
            ],
            options);

        var request = Assert.Single(Provider.Requests);
        Assert.Equal("/v1/chat/completions", request.Path);
        Assert.Equal("Bearer sk-canary-0123456789abcdef", request.Headers["Authorization"]);
        Assert.Equal(
            """{"model":"m","stream":true,"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.25,"max_tokens":77,"stop":["END"],"""
            + "\"messages\":" + """[{"role":"system","content":"Be brief."},{"role":"user","content":"What is \"it\"?"},"""
            + """{"role":"assistant","content":"A","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},"""
            + """{"role":"tool","tool_call_id":"c1","content":"42"},{"role":"user","content":"日本"}]}""",
            request.Body);
    }

    [Fact]
    public async Task Stream_ServerRefusesStreamOptions_AsksOnceWithoutAndRemembers()
    {
        Provider.Script("m", s => s.Status(400, message: "Unknown field stream_options"), s => s.Text("ok").Finish());
        var client = NewClient();

        var first = await StreamedAnswer.ReadAsync(client);
        var second = await StreamedAnswer.ReadAsync(client);

        Assert.Equal(("ok", "ok"), (first.Text, second.Text));
        Assert.Equal([true, false, false], Provider.Requests.Select(r => r.Json.TryGetProperty("stream_options", out _)));
    }

    [Fact]
    public async Task Stream_DeltasInOneWrite_BecomeFewUpdates()
    {
        string deltas = string.Concat(Enumerable.Range(0, 100).Select(i => $$$"""data: {"choices":[{"delta":{"content":"{{{i}}} "}}]}""" + "\n\n"));

        var answer = await AskAsync(s => s.Raw(deltas).Raw(Stop));

        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $"{i} ")), answer.Text);
        Assert.InRange(answer.Contents.OfType<TextContent>().Count(), 1, 20);
    }

    [Theory]
    [InlineData(@"\ud83d", @"\ude42", "🙂")]
    [InlineData(@"a\uD83D", @"\uDE42b", "a🙂b")]
    [InlineData(@"\ud83d", "x", "\uFFFDx")]
    [InlineData(@"\ude42", @"\ud83d", "\uFFFD\uFFFD")]
    [InlineData(@"\ud83d\ud83d", @"\ude42", "\uFFFD🙂")]
    [InlineData(@"\ud83d", @"\n", "\uFFFD\n")]
    [InlineData(@"\u0000\u00e9", @"\/\b\f\r\t\\\""", "\0é/\b\f\r\t\\\"")]
    public async Task Stream_HalvesOfACharacter_AreJoinedOrReplaced(string first, string second, string expected)
    {
        var gate = new Gate();
        Provider.Script("together", s => s.TextLiteral(first).TextLiteral(second).Finish());
        Provider.Script("apart", s => s.Text("(").TextLiteral(first).Wait(gate).TextLiteral(second).Finish());
        var together = await StreamedAnswer.ReadAsync(NewClient(), "together");
        string text = "";
        await foreach (var update in NewClient().GetStreamingResponseAsync("hi", new ChatOptions { ModelId = "apart" }))
        {
            text += update.Text;
            gate.Open();
        }

        Assert.Equal(expected, together.Text);
        Assert.Equal("(" + expected, text);
    }

    [Fact]
    public async Task Stream_CallsUnderOneIndexOrNamedLate_AreToldApart()
    {
        static string Chunk(string call) => $$$"""data: {"choices":[{"index":0,"delta":{"tool_calls":[{{{call}}}]},"finish_reason":null}]}""" + "\n\n";
        var answer = await AskAsync(s => s
            .Raw(Chunk("""{"id":"a","function":{"arguments":"{\"x\""}}"""))
            .Raw(Chunk("""{"id":"","function":{"name":"f","arguments":":1}"}}"""))
            .Raw(Chunk("""{"id":"b","function":{"name":"g","arguments":"{}"}}"""))
            .Finish("tool_calls"));

        Assert.Equal([("a", "f", "{\"x\":1}"), ("b", "g", "{}")], answer.Contents.OfType<ToolCallDelta>().Select(d => (d.CallId!, d.Name!, d.Arguments)));
        Assert.Equal([("a", "f"), ("b", "g")], answer.Contents.OfType<FunctionCallContent>().Select(c => (c.CallId, c.Name)));
    }

    [Fact]
    public async Task Stream_EmojiSplitBetweenFragmentsOfACall_IsOne()
    {
        static string Chunk(string call) => $$$"""data: {"choices":[{"index":0,"delta":{"tool_calls":[{{{call}}}]},"finish_reason":null}]}""" + "\n\n";
        var answer = await AskAsync(s => s
            .Raw(Chunk("""{"id":"a","function":{"name":"f","arguments":"{\"x\":\"\ud83d"}}"""))
            .Raw(Chunk("""{"function":{"arguments":"\ude00\"}"}}"""))
            .Finish("tool_calls"));

        Assert.Equal("{\"x\":\"😀\"}", string.Concat(answer.Contents.OfType<ToolCallDelta>().Select(d => d.Arguments)));
        Assert.Equal("😀", Assert.Single(answer.Contents.OfType<FunctionCallContent>()).Arguments!["x"]!.ToString());
    }

    [Fact]
    public async Task Stream_ToolCall_ShowsItsFragmentsInOrder()
    {
        var answer = await AskAsync(s => s.Text("a").ToolCall("c1", "f", "{\"x\"", ":1}").ToolCall("c2", "g").Text("b").Finish("tool_calls"));

        var deltas = answer.Contents.OfType<ToolCallDelta>().ToList();
        Assert.Equal([(0, "c1", "f", ""), (0, null, null, "{\"x\""), (0, null, null, ":1}"), (1, "c2", "g", "")],
            deltas.Select(d => (d.Index, d.CallId, d.Name, d.Arguments)));
        Assert.Equal(["c1", "c2"], answer.Contents.OfType<FunctionCallContent>().Select(c => c.CallId));
        var kinds = answer.Contents.Select(c => c.GetType()).ToList();
        Assert.True(kinds.IndexOf(typeof(TextContent)) < kinds.IndexOf(typeof(ToolCallDelta)));
        Assert.True(kinds.LastIndexOf(typeof(TextContent)) > kinds.LastIndexOf(typeof(ToolCallDelta)));
    }

    [Fact]
    public async Task Stream_ToolArgumentsNotJson_AreReportedWithTheCall()
    {
        var answer = await AskAsync(s => s.ToolCall("c1", "f", "{oops").Finish("tool_calls"));

        Assert.Null(answer.Fault);
        Assert.NotNull(Assert.Single(answer.Contents.OfType<FunctionCallContent>()).Exception);
    }

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":null,"usage":null,"error":null}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":null,"tool_calls":null},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"delta":null,"finish_reason":""}]}""")]
    [InlineData("""{"choices":[{}],"new":{"deep":[{"choices":[{"delta":{"content":"no"}}]}]}}""")]
    [InlineData("{}")]
    public async Task Stream_ChunkThatSaysNothing_IsPassedOver(string chunk)
    {
        var answer = await AskAsync(s => s.Text("a").Raw($": comment\nid: 7\nretry: 5\ndata: {chunk}\n\ndata\n\n").Text("b").Finish());

        Assert.Null(answer.Fault);
        Assert.Equal("ab", answer.Text);
    }

    [Theory]
    [InlineData("{oops")]
    [InlineData("[]")]
    [InlineData("""{"choices":[7]}""")]
    [InlineData("""{"choices":[{"delta":{"content":"\x"}}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":"cut""")]
    public async Task Stream_NotAChunk_KeepsThePartAndIsInvalid(string chunk)
    {
        var answer = await AskAsync(s => s.Text("partial").Raw($"data: {chunk}\n\n").Finish());

        Assert.Equal("partial", answer.Text);
        Assert.Equal(ProviderFault.InvalidResponse, answer.Fault?.Fault);
    }

    [Fact]
    public async Task Stream_ResetAfterTheFinishReason_LosesNothing()
    {
        var gate = new Gate();
        Provider.Script("m", s => s.Text("whole").Raw("""data: {"choices":[{"delta":{},"finish_reason":"stop"}]}""" + "\n\n").Wait(gate).Drop());
        string text = "";
        await foreach (var update in NewClient().GetStreamingResponseAsync("hi", new ChatOptions { ModelId = "m" }))
        {
            text += update.Text;
            if (update.FinishReason is not null)
                gate.Open();
        }

        Assert.Equal("whole", text);
    }

    [Fact]
    public async Task Stream_UsageInEveryChunk_IsReportedOnce()
    {
        var answer = await AskAsync(s => s
            .Raw("""data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}""" + "\n\n")
            .Raw("""data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}""" + "\n\n"));

        Assert.Equal(2, answer.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData("""{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"1"}}]}""")]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]}""")]
    [InlineData("""{"reasoning":"a","content":"b"}""")]
    public async Task Stream_FloodOfPieces_ComesInUpdatesOfABoundedSize(string delta)
    {
        // All of it is here at once, so that no read ever waits.
        string body = string.Concat(Enumerable.Repeat($$"""data: {"choices":[{"delta":{{delta}}}]}""" + "\n\n", 20_000)) + Stop;
        using var http = new HttpClient(new Answering(body));
        using var client = new OpenAIChatClient(http, ProviderName, new Uri("http://provider/v1/"), null, Time);

        var sizes = new List<int>();
        await foreach (var update in client.GetStreamingResponseAsync("hi", new ChatOptions { ModelId = "m" }))
            sizes.Add(update.Contents.Count(c => c is not FunctionCallContent));

        Assert.True(sizes.Sum() >= 20_000);
        Assert.InRange(sizes.Max(), 1, 2_000);
    }

    [Fact]
    public async Task Stream_FloodOfArgumentsWithoutAName_IsInvalid()
    {
        string body = string.Concat(Enumerable.Repeat("""data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1234567890"}}]}}]}""" + "\n\n", 10_000)) + Stop;
        using var http = new HttpClient(new Answering(body));

        var answer = await StreamedAnswer.ReadAsync(new OpenAIChatClient(http, ProviderName, new Uri("http://provider/v1/"), null, Time));

        Assert.Equal(ProviderFault.InvalidResponse, answer.Fault?.Fault);
    }

    /// <summary>Answers each request with the whole body at once.</summary>
    private sealed class Answering(string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(body)));
            content.Headers.ContentType = new("text/event-stream");
            return Task.FromResult(new HttpResponseMessage { Content = content });
        }
    }

    [Fact]
    public async Task Stream_BaseUrlWithQuery_KeepsIt()
    {
        Provider.Script("m", s => s.Text("ok").Finish());

        await StreamedAnswer.ReadAsync(new OpenAIChatClient(Http.Client, ProviderName, new Uri($"{Provider.OpenAIBaseUrl}?api-version=1"), null, Time));

        Assert.Equal("/v1/chat/completions?api-version=1", Assert.Single(Provider.Requests).Path);
        Assert.False(Provider.Requests[0].Headers.ContainsKey("Authorization"));
    }
}
