using System.Text;
using System.Text.RegularExpressions;

namespace ChatApp.Components.Chat;

/// <summary>Takes whole sentences off a growing text, as they are read aloud: without markdown's marks, code only named.</summary>
internal sealed partial class SpokenText
{
    private int _taken;
    private string? _fence;

    /// <summary>The sentences that have ended since the last time; null for none.</summary>
    /// <param name="isComplete">Whether the text is at its end: then what is left is a sentence, too.</param>
    public string? Take(StringBuilder text, bool isComplete)
    {
        string rest = text.ToString(_taken, text.Length - _taken);
        int end = isComplete ? rest.Length : EndOfSentences(rest);
        if (end == 0)
            return null;
        _taken += end;
        var spoken = new StringBuilder();
        foreach (string line in rest[..end].Split('\n'))
        {
            string fence = Fence().Match(line).Groups[1].Value;
            if (_fence is null && fence.Length > 0)
            {
                _fence = fence;
                spoken.Append(Texts.Current["Code."] + " ");
            }
            // Closed by one of its own kind.
            else if (_fence is not null && fence.StartsWith(_fence, StringComparison.Ordinal))
            {
                _fence = null;
            }
            else if (_fence is null && Plain(line) is { Length: > 0 } plain)
            {
                spoken.Append(plain).Append(' ');
            }
        }
        return spoken.Length == 0 ? null : spoken.ToString().Trim();
    }

    private static int EndOfSentences(string text)
    {
        int line = text.LastIndexOf('\n') + 1;
        // Within a line of code a full stop ends nothing; there the line does.
        var last = SentenceEnd().EnumerateMatches(text.AsSpan(line));
        int sentence = 0;
        while (last.MoveNext())
            sentence = line + last.Current.Index + last.Current.Length;
        return Math.Max(line, sentence);
    }

    private static string Plain(string line) => Marks().Replace(Links().Replace(line, "$1"), "").Trim(' ', '|', '-', '\t');

    // Chinese and Japanese have no space between sentences; the next letter tells that no closing mark is still to come.
    [GeneratedRegex(@"[.!?…]['""”’)\]*_]*\s|[。！？｡][」』”’）)*_]*(?=[^」』”’）)*_])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"^[ \t]*(`{3,}|~{3,})")]
    private static partial Regex Fence();

    [GeneratedRegex(@"!?\[([^\[\]]*)\]\([^()\s]*\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^[ \t]*(?:#{1,6} |>+ ?|[-+*] |\[[ xX]\] )+|[*_`~|$]+")]
    private static partial Regex Marks();
}
