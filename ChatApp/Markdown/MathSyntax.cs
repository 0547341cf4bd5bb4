using System.Buffers;

namespace ChatApp.Markdown;

/// <summary>A formula in a text.</summary>
/// <param name="Content">Where its TeX is, between the marks.</param>
/// <param name="End">Behind the closing mark.</param>
internal readonly record struct Formula(Range Content, int End, bool IsDisplay);

/// <summary>
/// Where formulas begin and end within a paragraph: <c>\(…\)</c>, <c>\[…\]</c>, <c>$$…$$</c>, and <c>$…$</c> under rules that leave
/// prices alone ("$5 and $10", "US$ 3").
/// </summary>
internal static class MathSyntax
{
    /// <summary>Lines of a block; no formula that people read is longer.</summary>
    public const int LongestBlock = 200;

    // Each opening mark is looked from so far for its end: what the search costs stays linear.
    private const int LongestInline = 1000, LongestDollar = 300;

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("0123456789.,");

    /// <summary>Whether a formula begins at <paramref name="start"/>.</summary>
    /// <param name="limit">Where the paragraph ends.</param>
    public static bool TryMatch(string text, int start, int limit, out Formula formula)
    {
        formula = default;
        if (CloserOf(text, start, limit) is not { } closer)
            return false;
        var from = start + (closer == "$" ? 1 : 2);
        var end = closer == "$" ? EndOfDollar(text, start, limit) : text.IndexOf(closer, from, Math.Min(LongestInline, limit - from), StringComparison.Ordinal);
        if (end < 0 || text.AsSpan(from..end).IsWhiteSpace())
            return false;
        formula = new Formula(from..end, end + closer.Length, closer is "$$" or "\\]");
        return true;
    }

    /// <summary>
    /// Whether a formula may begin at <paramref name="start"/> whose end has not been received yet, so that its TeX would flash. A single dollar
    /// counts only where a price can't begin, and not for long.
    /// </summary>
    public static bool MayBegin(string text, int start) => CloserOf(text, start, text.Length) switch
    {
        null => false,
        "$" => text.Length - start <= 60 && start + 1 < text.Length && !char.IsDigit(text[start + 1]) && CanOpenDollar(text, start, text.Length),
        _ => text.Length - start <= LongestInline,
    };

    private static string? CloserOf(string text, int start, int limit) => text[start] switch
    {
        '\\' when start + 1 < limit => text[start + 1] switch { '(' => "\\)", '[' => "\\]", _ => null },
        '$' when start + 1 < limit && text[start + 1] == '$' => start + 2 < limit && text[start + 2] == '$' ? null : "$$",
        '$' => "$",
        _ => null,
    };

    private static bool CanOpenDollar(string text, int start, int limit) =>
        (start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '$')) && start + 1 < limit && !char.IsWhiteSpace(text[start + 1]);

    private static int EndOfDollar(string text, int start, int limit)
    {
        if (!CanOpenDollar(text, start, limit))
            return -1;
        var stop = Math.Min(limit, start + LongestDollar);
        for (var at = start + 1; at < stop; at++)
        {
            if (text[at] == '\\')
                at++;
            // A single dollar's formula is one line.
            else if (text[at] == '\n')
                return -1;
            else if (text[at] == '$')
                return IsDollarsEnd(text, at, limit) && !ReadsAsPrice(text.AsSpan(start + 1, at - start - 1)) ? at : -1;
        }
        return -1;
    }

    private static bool IsDollarsEnd(string text, int at, int limit) =>
        !char.IsWhiteSpace(text[at - 1]) && (at + 1 >= limit || !(char.IsLetterOrDigit(text[at + 1]) || text[at + 1] == '$'));

    /// <summary>"5 (or 5", "20 million": a number and then a word.</summary>
    private static bool ReadsAsPrice(ReadOnlySpan<char> content)
    {
        var number = content.IndexOfAnyExcept(OfNumbers);
        if (number <= 0 || content.Contains('\\'))
            return false;
        var word = content[number..].TrimStart(" (-/");
        return word.Length < content.Length - number && word.Length > 1 && char.IsLetter(word[0]) && char.IsLetter(word[1]);
    }
}
