using System.Text;
using ChatApp.Providers;
using ChatApp.Providers.OpenAICompatible;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatApp.Tests.Providers.OpenAICompatible;

public sealed class ChunkFrameTests
{
    [Theory]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", """{"a":"there","b":1}""", "there")]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", """{"a":"","b":1}""", "")]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", """{"a":"日本 🙂","b":1}""", "日本 🙂")]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", """{"a":"there","b":2}""", null)]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", """{"c":"there","b":1}""", null)]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", """{"a":"a\nb","b":1}""", null)]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", "{\"a\":\"a\nb\",\"b\":1}", null)]
    [InlineData("""{"a":"Hi","b":1}""", "Hi", """{"a":"x","c":"y","b":1}""", null)]
    [InlineData("""{"a":"Hi"}""", "Hi", "{\"a\":\"}", null)]
    [InlineData("""{"a":"Hi"}""", "Hi", """{"a":"Hi"} """, null)]
    public void TryRead_Chunk_GivesTheTextOfOneThatIsAlike(string kept, string text, string next, string? expected)
    {
        var frame = new ChunkFrame();
        frame.Keep(Encoding.UTF8.GetBytes(kept), kept.IndexOf(text, StringComparison.Ordinal), text.Length);

        bool isSame = frame.TryRead(Encoding.UTF8.GetBytes(next), out var found);

        Assert.Equal((expected != null, expected ?? ""), (isSame, Encoding.UTF8.GetString(found)));
    }

    [Fact]
    public void TryRead_NothingKept_ReadsNothing() => Assert.False(new ChunkFrame().TryRead("{}"u8, out _));

    /// <summary>What is left out of chunks that are alike has no effect: the same ones, each made different from all others, bring the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Read_ChunksThatAreAlike_BringWhatTheyBringWhereNoneIsLikeAnother(int seed)
    {
        var random = new Random(seed);
        var alike = Enumerable.Range(0, 500).Select(_ => Chunk(random)).ToList();
        var different = alike.Select((chunk, i) => $"{{\"n\":{i},{chunk[1..]}").ToList();

        var brought = await ReadAsync(alike);

        Assert.Equal(await ReadAsync(different), brought);
        Assert.All(["text", "reasoning", "piece", "finish", "usage"], kind => Assert.Contains(brought, b => b.Kind == kind));
    }

    private static readonly string[] Texts = ["Hi", "", " there", "日本", "\\n", "a\\\"b", "\\u00e9", "🙂", "\\ud83d", "\\ude42", "x"];
    private static readonly string[] Seconds =
        [",\"refusal\":\"No.\"", ",\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}]", ",\"reasoning\":\"hm\""];
    private static readonly string[] Tails =
    [
        ",\"usage\":null", ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}", ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":3}",
        ",\"choices\":[{\"delta\":{\"content\":\"more\"}}]",
    ];

    private static string Chunk(Random random)
    {
        string Seldom(int oneOf, string[] choices) => random.Next(oneOf) == 0 ? choices[random.Next(choices.Length)] : "";
        string name = random.Next(8) == 0 ? "reasoning_content" : "content";
        string text = Texts[random.Next(Texts.Length)];
        string finish = random.Next(30) == 0 ? "\"length\"" : "null";
        return $"{{\"id\":{random.Next(1, 3)},\"choices\":[{{\"delta\":{{\"{name}\":\"{text}\"{Seldom(20, Seconds)}}},\"finish_reason\":{finish}}}]{Seldom(8, Tails)}}}";
    }

    /// <summary>All that the chunks bring, in order; neighbouring texts of one kind are one.</summary>
    private static async Task<List<(string Kind, string Text)>> ReadAsync(IReadOnlyList<string> chunks)
    {
        var brought = new List<(string Kind, string Text)>();
        void Add(string kind, string text)
        {
            if (kind is "text" or "reasoning" && brought.Count > 0 && brought[^1].Kind == kind)
                brought[^1] = (kind, brought[^1].Text + text);
            else
                brought.Add((kind, text));
        }
        using var reader = new ChunkReader(new ProviderErrors("P", null, TimeProvider.System));
        foreach (string chunk in chunks)
        {
            using var events = new EventReader(new MemoryStream(Encoding.UTF8.GetBytes($"data: {chunk}\n\n")));
            Assert.True(await events.FillAsync(CancellationToken.None));
            reader.Read(events);
            TakeUpdate(reader, Add);
        }
        reader.Close();
        TakeUpdate(reader, Add);
        if (reader.TakeUsage()?.Contents is [UsageContent { Details: var usage }])
            Add("usage", $"{usage.InputTokenCount} {usage.OutputTokenCount}");
        return brought;
    }

    private static void TakeUpdate(ChunkReader reader, Action<string, string> add)
    {
        if (!reader.HasUpdate)
            return;
        var update = reader.Take();
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent reasoning:
                    add("reasoning", reasoning.Text);
                    break;
                case TextContent text:
                    add("text", text.Text);
                    break;
                case ToolCallDelta piece:
                    add("piece", piece.Arguments);
                    break;
                default:
                    add("other", content.GetType().Name);
                    break;
            }
        }
        if (update.FinishReason is { } finish)
            add("finish", finish.Value);
    }
}
