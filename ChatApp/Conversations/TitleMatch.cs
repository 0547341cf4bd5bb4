using System.Globalization;

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
            int at = compare.IndexOf(title, word, Alike, out int length);
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

    private static int IndexOf(this CompareInfo compare, string text, string word, CompareOptions options, out int length) =>
        compare.IndexOf(text.AsSpan(), word.AsSpan(), options, out length);
}
