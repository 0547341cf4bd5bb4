using System.Text.RegularExpressions;

namespace ChatApp.Conversations;

/// <summary>A piece of an excerpt.</summary>
/// <param name="IsMatch">Whether it is what was searched for.</param>
public sealed record ExcerptPart(string Text, bool IsMatch);

/// <summary>Texts with what was found in them marked. Parts, not HTML: whoever shows them encodes them.</summary>
internal static partial class Excerpt
{
    /// <summary>Noncharacters: a text that holds them itself gets a mark too many and nothing worse.</summary>
    public const char Begin = '\uFDD0', End = '\uFDD1';

    /// <summary>UTF-16 units before the first match: lists show a line or two of it, and the match must be in them.</summary>
    private const int MaxBefore = 28;

    /// <summary>UTF-16 units that are read before and after the beginning of the first match: between two words there may be a million signs.</summary>
    private const int ReadBefore = 300, ReadAfter = 1000;

    /// <summary>Reads what SQLite has put the marks into, as one line: without the signs of markdown, and begun not long before the first match.</summary>
    public static IReadOnlyList<ExcerptPart> Parse(string marked)
    {
        marked = BeginNear(Plain(Around(marked)));
        var parts = new List<ExcerptPart>();
        bool isMatch = false;
        int from = 0;
        for (int i = 0; i <= marked.Length; i++)
        {
            if (i < marked.Length && marked[i] is not (Begin or End))
                continue;
            if (i > from)
                parts.Add(new ExcerptPart(marked[from..i], isMatch));
            isMatch = i < marked.Length && marked[i] == Begin;
            from = i + 1;
        }
        return parts;
    }

    private static string Around(string marked)
    {
        int first = Math.Max(0, marked.IndexOf(Begin)), from = Math.Max(0, first - ReadBefore), to = Math.Min(marked.Length, first + ReadAfter);
        if (from > 0 && char.IsLowSurrogate(marked[from]))
            from++;
        if (to < marked.Length && char.IsHighSurrogate(marked[to - 1]))
            to--;
        return (from > 0 ? "…" : "") + marked[from..to] + (to < marked.Length ? "…" : "");
    }

    // The text is a cut of a longer one: what is opened may be closed outside it, and the other way round.
    private static string Plain(string marked)
    {
        marked = Fences().Replace(marked, " ");
        marked = Links().Replace(marked, link => link.Groups["target"].Value.Contains(Begin) ? $"{link.Groups["text"]} {link.Groups["target"]}" : link.Groups["text"].Value);
        marked = CutLabel().Replace(CutTarget().Replace(marked, "…"), "");
        marked = LineStarts().Replace(Rules().Replace(marked, " "), "");
        return Spaces().Replace(Signs().Replace(marked, ""), " ").Trim();
    }

    private static string BeginNear(string marked)
    {
        int first = marked.IndexOf(Begin);
        if (first <= MaxBefore)
            return marked;
        int from = marked.IndexOf(' ', first - MaxBefore, MaxBefore);
        if (from < 0)
            from = char.IsLowSurrogate(marked[first - MaxBefore]) ? first - MaxBefore : first - MaxBefore - 1;
        return "…" + marked[(from + 1)..];
    }

    /// <summary>Lines of a fence with the language, of a table's rule, and rules across the page.</summary>
    [GeneratedRegex(@"^[ \t]*(?:`{3,}|~{3,})[\w+#-]*[ \t]*$|^[ \t]*(?:[|:][ \t]*)*--[-|: \t]*$", RegexOptions.Multiline)]
    private static partial Regex Fences();

    /// <summary>The target too where what was sought is in it; footnotes' marks have none.</summary>
    [GeneratedRegex(@"!?\[(?<text>[^\[\]]*)\]\((?<target>[^()\s]*)(?:\)|…$)|\[\^(?<target>\w*)\]")]
    private static partial Regex Links();

    /// <summary>The end of a link whose beginning was cut off.</summary>
    [GeneratedRegex(@"^…[^\s()\[\]\uFDD0]*[/.][^\s()\[\]\uFDD0]*\)")]
    private static partial Regex CutTarget();

    /// <summary>What holds a link's text whose other end was cut off.</summary>
    [GeneratedRegex(@"!?\[(?=[^\[\]]*…$)|(?<=^…[^\[\]]*)\](?:\([^()\s\uFDD0]*(?:\)|…$))?")]
    private static partial Regex CutLabel();

    [GeneratedRegex(@"^[ \t]*(?:[*_][ \t]*){3,}$", RegexOptions.Multiline)]
    private static partial Regex Rules();

    [GeneratedRegex(@"^[ \t]*(?:#{1,6}[ \t]+|>+[ \t]?|[-+*][ \t]+|\[[ xX]\][ \t]+)+", RegexOptions.Multiline)]
    private static partial Regex LineStarts();

    /// <summary>Stars and lines below only where they hold a word: a * b and snake_case stay.</summary>
    [GeneratedRegex(@"`+|\*{2,}|~~|\$\$|\||(?<![\p{L}\p{N}\uFDD0\uFDD1])[*_]+(?=[\p{L}\p{N}\uFDD0])|(?<=[\p{L}\p{N}\p{P}\uFDD1])[*_]+(?![\p{L}\p{N}\uFDD0\uFDD1])")]
    private static partial Regex Signs();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
