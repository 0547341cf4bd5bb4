using System.Text;

namespace ChatApp.Markdown;

/// <summary>
/// Closes what is open at the end of a paragraph that is still being received. An approximation of CommonMark's inline rules in one
/// pass: a wrong guess shows for a moment and never survives, because finished text is not repaired.
/// </summary>
internal static class InlineRepair
{
    private const int DeepestRepair = 32;

    /// <summary>The text with open emphasis and code closed, and a half-received link or image reduced to its text.</summary>
    /// <param name="isCut">Nothing more will come: half a formula or image stays as it is written.</param>
    public static string Close(string text, bool isCut = false)
    {
        var open = new List<(char Character, int Length)>();
        var brackets = new Stack<int>();
        var index = 0;
        while (index < text.Length)
        {
            var character = text[index];
            switch (character)
            {
                case '$' or '\\' when MathSyntax.TryMatch(text, index, text.Length, out var formula):
                    index = formula.End;
                    continue;
                // Half a formula is no formula yet.
                case '$' or '\\' when !isCut && MathSyntax.MayBegin(text, index):
                    return Finish(text[..index], open);
                case '\\':
                    index += 2;
                    continue;
                case '`':
                    var run = RunLength(text, index);
                    var end = FindRun(text, index + run, run);
                    if (end < 0)
                        return CloseCode(text, index, run, open);
                    index = end + run;
                    continue;
                case '[':
                    brackets.Push(index > 0 && text[index - 1] == '!' ? index - 1 : index);
                    break;
                case ']' when brackets.TryPop(out var start):
                    if (index + 1 >= text.Length || text[index + 1] != '(')
                        break;
                    var target = EndOfTarget(text, index + 1);
                    if (target == Unfinished && isCut && text[start] == '!')
                        break;
                    if (target == Unfinished)
                        return Finish(text[start] == '!' ? text[..start] : text.Remove(index).Remove(start, 1), open);
                    index = target;
                    continue;
                case '*' or '_' or '~':
                    var taken = TakeEmphasis(text, index, open);
                    // At the very end it may still become longer, or open what has not come yet.
                    if (taken == 0)
                        return Finish(text[..index], open);
                    index += taken;
                    continue;
            }
            index++;
        }
        // An image's text is of no use before its address is there.
        foreach (var start in brackets.Reverse())
            if (text[start] == '!' && !isCut)
                return Finish(text[..start], open);
        return Finish(text, open);
    }

    private const int Unfinished = -1;

    /// <summary>The index after a link's target that begins with the parenthesis; -1 when it may still be going on.</summary>
    private static int EndOfTarget(string text, int parenthesis)
    {
        var index = SkipSpace(text, parenthesis + 1);
        if (index < text.Length && text[index] == '<')
        {
            index = text.IndexOfAny(['>', '\n'], index) + 1;
            if (index == 0)
                return Unfinished;
        }
        else
        {
            for (var depth = 0; index < text.Length && !char.IsWhiteSpace(text[index]); index++)
            {
                depth += text[index] switch { '(' => 1, ')' => -1, _ => 0 };
                if (depth < 0)
                    break;
            }
        }
        index = SkipSpace(text, index);
        if (index < text.Length && text[index] is '"' or '\'')
        {
            index = text.IndexOf(text[index], index + 1) + 1;
            if (index == 0)
                return Unfinished;
            index = SkipSpace(text, index);
        }
        if (index >= text.Length)
            return Unfinished;
        return text[index] == ')' ? index + 1 : parenthesis + 1;
    }

    /// <summary>Closes and opens emphasis.</summary>
    /// <returns>The length of the run; 0 when it ends the text and closes nothing, or less than it may be going to close.</returns>
    private static int TakeEmphasis(string text, int index, List<(char Character, int Length)> open)
    {
        var character = text[index];
        var run = RunLength(text, index);
        var before = index > 0 ? text[index - 1] : ' ';
        var after = index + run < text.Length ? text[index + run] : ' ';
        var left = run;
        var isLast = text.AsSpan(index + run).IsWhiteSpace();
        if (!char.IsWhiteSpace(before) && (character != '_' || !char.IsLetterOrDigit(after)))
        {
            for (var top = open.FindLastIndex(opener => opener.Character == character); left > 0 && top >= 0; )
            {
                var closing = Math.Min(left, open[top].Length);
                if (isLast && closing < open[top].Length)
                    return 0;
                left -= closing;
                if (open[top].Length == closing)
                    open.RemoveRange(top, open.Count - top);
                else
                    open[top] = (character, open[top].Length - closing);
                top = open.FindLastIndex(opener => opener.Character == character);
            }
        }
        if (isLast && left > 0)
            return left == run ? 0 : run;
        // "5*3" and "a_b" are no emphasis; a single tilde is none either.
        var opens = !char.IsWhiteSpace(after) && (left > 1 || (character != '~' && !char.IsLetterOrDigit(before)));
        if (left > 0 && opens && open.Count <= DeepestRepair && (character != '_' || !char.IsLetterOrDigit(before)))
            open.Add((character, left));
        return run;
    }

    private static string CloseCode(string text, int start, int run, List<(char Character, int Length)> open)
    {
        var content = text[(start + run)..].TrimEnd('`');
        if (string.IsNullOrWhiteSpace(content))
            return Finish(text[..start], open);
        var closed = new StringBuilder(text, 0, start + run, text.Length + run).Append(content.TrimEnd()).Append('`', run);
        return Closers(closed, open);
    }

    private static string Finish(string text, List<(char Character, int Length)> open)
    {
        // Emphasis cannot close after white space, nor after a backslash that would escape it.
        var end = text.AsSpan().TrimEnd(" \t\n").Length;
        if ((end - text.AsSpan(0, end).TrimEnd('\\').Length) % 2 == 1)
            end--;
        else if (open.Count == 0)
            return text;
        return Closers(new StringBuilder(text, 0, end, text.Length + 8), open);
    }

    private static string Closers(StringBuilder text, List<(char Character, int Length)> open)
    {
        if (open.Count <= DeepestRepair)
            for (var index = open.Count - 1; index >= 0; index--)
                text.Append(open[index].Character, open[index].Length);
        return text.ToString();
    }

    private static int RunLength(string text, int index)
    {
        var end = text.AsSpan(index).IndexOfAnyExcept(text[index]);
        return end < 0 ? text.Length - index : end;
    }

    private static int FindRun(string text, int from, int length)
    {
        for (var index = text.IndexOf('`', from); index >= 0; index = text.IndexOf('`', index))
        {
            var run = RunLength(text, index);
            if (run == length)
                return index;
            index += run;
            if (index >= text.Length)
                return -1;
        }
        return -1;
    }

    private static int SkipSpace(string text, int index)
    {
        while (index < text.Length && char.IsWhiteSpace(text[index]))
            index++;
        return index;
    }
}
