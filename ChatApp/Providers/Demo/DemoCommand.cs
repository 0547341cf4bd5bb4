using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.Demo;

/// <summary>The messages that begin with <c>/demo</c>: answers of a known shape, for tests and demonstrations.</summary>
internal static partial class DemoCommand
{
    private const int MaxTokens = 20_000;
    private const int MaxDelay = 10_000;

    private const string Help = """
        The demo understands:

        - `/demo tokens=200 delay=20`: so many numbered words, so many milliseconds apart (at most 20000 and 10000)
        - `/demo markdown`: a sample of everything that is rendered; with `tokens=`, over and over until there are so many
        - `/demo reasoning`: thinks before it answers
        - `/demo tool`: calls a tool, the clock of this server, before it answers; with `tokens=0` it calls it, and nobody runs it
        - `/demo length`: stops at a length limit
        - `/demo error after=10`: fails after so many tokens
        - `/demo hang after=10`: falls silent after so many tokens until you stop it

        `tokens` and `delay` can be added to each of the last six.
        """;

    /// <summary>The answer to a command; null where the text is none.</summary>
    /// <param name="now">What the tool says.</param>
    public static DemoAnswer? Parse(string text, DateTimeOffset now)
    {
        text = text.Trim();
        if (text != "/demo" && !text.StartsWith("/demo ", StringComparison.Ordinal))
            return null;
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string[] names = [.. words.Skip(1).Where(w => !w.Contains('=', StringComparison.Ordinal))];
        int? tokens = Option(words, "tokens", MaxTokens), delay = Option(words, "delay", MaxDelay), after = Option(words, "after", MaxTokens);
        if (names.Length > 1 || words.Length == 1 || words.Skip(1).Except(names).Any(o => !IsOption(o)))
            return DemoAnswer.Of(Help);
        int count = tokens ?? 200;
        string clock = now.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        int stop = Math.Min(after ?? 10, count);
        var numbered = new DemoAnswer(Numbered(count));
        var answer = names.FirstOrDefault() switch
        {
            null => numbered,
            "markdown" => new DemoAnswer(tokens is { } wanted ? Repeated(DemoMarkdown.Sample).Take(wanted) : DemoAnswer.Split(DemoMarkdown.Sample)),
            "reasoning" => numbered with { Reasoning = DemoAnswer.Split("Let me think about this. First one thing, then the other. Now I know. ") },
            "tool" when count == 0 => numbered with { Call = Clock(null), Finish = ChatFinishReason.ToolCalls },
            "tool" => (tokens == null ? DemoAnswer.Of($"The tool says that it is {clock} UTC.") : numbered) with { Call = Clock($$"""{"time":"{{clock}}"}""") },
            "length" => numbered with { Finish = ChatFinishReason.Length },
            "error" => numbered with { FailsAfter = stop },
            "hang" => numbered with { HangsAfter = stop },
            _ => DemoAnswer.Of(Help),
        };
        return delay is { } ms ? answer with { Delay = TimeSpan.FromMilliseconds(ms) } : answer;
    }

    private static DemoCall Clock(string? result) => new("clock", ["{\"time_zone\":", " \"UTC\"", "}"], result);

    private static IEnumerable<string> Numbered(int count)
    {
        for (int i = 1; i <= count; i++)
            yield return i == count ? $"w{i}" : $"w{i} ";
    }

    private static IEnumerable<string> Repeated(string text)
    {
        while (true)
        {
            foreach (string token in DemoAnswer.Split(text + "\n\n"))
                yield return token;
        }
    }

    private static bool IsOption(string word) => OptionWord().IsMatch(word);

    private static int? Option(string[] words, string name, int max)
    {
        string? word = words.FirstOrDefault(w => w.StartsWith(name + "=", StringComparison.Ordinal));
        return word is not null && long.TryParse(word.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? (int)Math.Min(value, max)
            : null;
    }

    [GeneratedRegex(@"^(?:tokens|delay|after)=\d{1,18}\z")]
    private static partial Regex OptionWord();
}
