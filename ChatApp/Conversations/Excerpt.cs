namespace ChatApp.Conversations;

/// <summary>A piece of an excerpt.</summary>
/// <param name="IsMatch">Whether it is what was searched for.</param>
public sealed record ExcerptPart(string Text, bool IsMatch);

/// <summary>Texts with what was found in them marked. Parts, not HTML: whoever shows them encodes them.</summary>
internal static class Excerpt
{
    /// <summary>Noncharacters: a text that holds them itself gets a mark too many and nothing worse.</summary>
    public const char Begin = '\uFDD0', End = '\uFDD1';

    /// <summary>Reads what SQLite has put the marks into; the commonest signs of markdown are left out.</summary>
    public static IReadOnlyList<ExcerptPart> Parse(string marked)
    {
        marked = marked.Replace("**", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal);
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
}
