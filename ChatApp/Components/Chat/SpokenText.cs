using System.Text;
using System.Text.RegularExpressions;

namespace ChatApp.Components.Chat;

/// <summary>Takes whole sentences off a growing text, as they are read aloud: without markdown's marks, code only named.</summary>
internal sealed partial class SpokenText
{
    private int _taken;
    private bool _inCode;

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
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                _inCode = !_inCode;
                if (_inCode)
                    spoken.Append(Texts.Current["Code."] + " ");
            }
            else if (!_inCode && Plain(line) is { Length: > 0 } plain)
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

    [GeneratedRegex(@"[.!?…]['""”’)\]*_]*\s")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"!?\[([^\[\]]*)\]\([^()\s]*\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^[ \t]*(?:#{1,6} |>+ ?|[-+*] |\[[ xX]\] )+|[*_`~|$]+")]
    private static partial Regex Marks();
}
