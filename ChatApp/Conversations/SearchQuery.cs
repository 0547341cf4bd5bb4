using System.Globalization;
using System.Text;

namespace ChatApp.Conversations;

/// <summary>What a person searches for, as words.</summary>
public static class SearchQuery
{
    /// <summary>UTF-16 units of a query that are looked at.</summary>
    public const int MaxLength = 200;

    private const int MaxWords = 12;

    // From here on a single character says something.
    private const char FirstIdeograph = '\u2E80';

    /// <summary>The words of the query: what stands between them is no letter or digit to the index either.</summary>
    public static IReadOnlyList<string> WordsOf(string query)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        // One character more, to end the last word.
        foreach (char c in query.Length <= MaxLength ? query + ' ' : query[..MaxLength] + ' ')
        {
            if (IsPartOfWord(c))
                word.Append(c);
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
        return words.Count <= MaxWords ? words : words.GetRange(0, MaxWords);
    }

    /// <summary>
    /// The words as a query of FTS5 in one person's messages: all of them must be there, the last one as a beginning, for it may still
    /// be being typed, unless it is a single letter: then the index would have to join what nearly every word of everybody's says. In
    /// quotes nothing of it is an operator, so no input makes it fail.
    /// </summary>
    internal static string ToMatch(Guid owner, IReadOnlyList<string> words) =>
        $"owner:\"{owner.ToString("n").ToUpperInvariant()}\" AND content:({string.Join(' ', words.Select(w => $"\"{w}\""))}{(words[^1] is [< FirstIdeograph] ? "" : "*")})";

    // Halves of surrogate pairs too: the tokenizer sees the letter that they are.
    private static bool IsPartOfWord(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || CharUnicodeInfo.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
