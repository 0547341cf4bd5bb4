using System.Globalization;
using System.Text;

namespace ChatApp.Conversations;

/// <summary>Looks for words in a title.</summary>
internal static class TitleMatch
{
    private const CompareOptions Alike = CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreWidth;

    /// <summary>The title with the first place of each word marked; null unless each is in it, whatever its case and accents.</summary>
    public static IReadOnlyList<ExcerptPart>? In(string title, IReadOnlyList<string> words)
    {
        var compare = CultureInfo.InvariantCulture.CompareInfo;
        var places = new List<(int At, int Length)>(words.Count);
        foreach (string word in words)
        {
            // Most titles and words are ASCII, which needs none of ICU's care: that takes a hundred times as long.
            int length = word.Length;
            int at = Ascii.IsValid(title) && Ascii.IsValid(word)
                ? title.IndexOf(word, StringComparison.OrdinalIgnoreCase)
                : compare.IndexOf(title.AsSpan(), word.AsSpan(), Alike, out length);
            if (at < 0)
                return null;
            places.Add((at, length));
        }
        places.Sort();
        var parts = new List<ExcerptPart>();
        int done = 0;
        foreach (var (at, length) in places)
        {
            if (at < done || length == 0)
                continue;
            if (at > done)
                parts.Add(new ExcerptPart(title[done..at], false));
            parts.Add(new ExcerptPart(title.Substring(at, length), true));
            done = at + length;
        }
        if (done < title.Length)
            parts.Add(new ExcerptPart(title[done..], false));
        return parts;
    }
}
