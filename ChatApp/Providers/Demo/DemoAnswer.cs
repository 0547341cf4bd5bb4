using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.Demo;

/// <summary>What the demo says, and how.</summary>
/// <param name="Tokens">Pieces of the answer, each streamed on its own.</param>
internal sealed partial record DemoAnswer(IEnumerable<string> Tokens)
{
    /// <summary>Between two tokens; the pace of reading unless asked otherwise.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Thought aloud before the answer.</summary>
    public IEnumerable<string> Reasoning { get; init; } = [];

    /// <summary>A tool that it calls before the answer; null for none.</summary>
    public DemoCall? Call { get; init; }

    /// <summary>Fails after so many tokens; null for never.</summary>
    public int? FailsAfter { get; init; }

    /// <summary>Falls silent after so many tokens until cancelled; null for never.</summary>
    public int? HangsAfter { get; init; }

    public ChatFinishReason Finish { get; init; } = ChatFinishReason.Stop;

    public static DemoAnswer Of(string text) => new(Split(text));

    /// <summary>What is left to say after a part of it; of somebody else's text the demo has no rest.</summary>
    public DemoAnswer After(string part)
    {
        string whole = string.Concat(Tokens);
        return whole.StartsWith(part, StringComparison.Ordinal)
            ? new DemoAnswer(Split(whole[part.Length..])) { Delay = Delay, Finish = Finish }
            : Of(" (The demo can go on only with what it said itself.)");
    }

    /// <summary>Words with the white space after them, so that joined again they are the text.</summary>
    public static IEnumerable<string> Split(string text) => Word().Matches(text).Select(m => m.Value);

    [GeneratedRegex(@"\S+\s*|\s+")]
    private static partial Regex Word();
}

/// <summary>A tool call as a provider streams it.</summary>
/// <param name="Arguments">Pieces of their JSON.</param>
/// <param name="Result">Null where nobody runs the tool.</param>
internal sealed record DemoCall(string Name, IReadOnlyList<string> Arguments, string? Result)
{
    private const string Id = "call_1";

    /// <summary>The pieces, the whole call, its result; each streamed on its own.</summary>
    public IEnumerable<AIContent> Contents
    {
        get
        {
            yield return new ToolCallDelta(0, Id, Name, "");
            foreach (string piece in Arguments)
                yield return new ToolCallDelta(0, null, null, piece);
            yield return FunctionCallContent.CreateFromParsedArguments(
                string.Concat(Arguments), Id, Name, json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json, AIJsonUtilities.DefaultOptions));
            if (Result != null)
                yield return new FunctionResultContent(Id, Result);
        }
    }
}
