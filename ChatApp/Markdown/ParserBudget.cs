using System.Buffers;

namespace ChatApp.Markdown;

/// <summary>
/// Finds texts on which the parser's work would be quadratic: it reads on from every <c>](</c> and every bare address to the
/// place where that could end, and compares every link definition with those before it. 200 KB of <c>[a](</c> takes 24 seconds.
/// </summary>
internal static class ParserBudget
{
    // Characters that may be read again. A parser step takes 5 to 10 ns: about a quarter of a second.
    private const long Characters = 32_000_000;

    private static readonly SearchValues<string> Starts = SearchValues.Create(["](", "]:", "://", "www."], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<char> Space = SearchValues.Create(" \t\r\n");

    public static bool Covers(string text)
    {
        var left = Characters;
        var definitions = 0;
        for (var rest = text.AsSpan(); rest.IndexOfAny(Starts) is var start and >= 0; rest = rest[(start + 2)..])
        {
            var after = rest[(start + 2)..];
            left -= rest[start..].StartsWith("]:") ? ++definitions : rest[start] == ']' ? TargetLength(after) : LengthUntil(after, Space);
            if (left < 0)
                return false;
        }
        return true;
    }

    private static int TargetLength(ReadOnlySpan<char> target)
    {
        target = target.TrimStart(" \t\r\n");
        var address = target is ['<', ..] && target.IndexOfAny('>', '\n') is var end and >= 0 ? end : LengthUntil(target, Space);
        var title = target[address..].TrimStart(" \t\r\n");
        if (title is not ['"' or '\'' or '(', ..])
            return address;
        var close = title[1..].IndexOf(title[0] == '(' ? ')' : title[0]);
        return address + (close < 0 ? title.Length : close);
    }

    private static int LengthUntil(ReadOnlySpan<char> text, SearchValues<char> end) => text.IndexOfAny(end) is var index and >= 0 ? index : text.Length;
}
