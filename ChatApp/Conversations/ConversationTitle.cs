using ChatApp.Data;

namespace ChatApp.Conversations;

/// <summary>The title of a conversation until somebody gives it a better one.</summary>
public static class ConversationTitle
{
    public const int MaxLength = 120;
    private const int FromInputLength = 60;
    private const int FromModelLength = 80;

    private static readonly char[] Noise = [' ', '\t', '\r', '*', '`'];
    private static readonly char[] Leading = [' ', '#', '>', '+'];
    private static readonly char[] Wrapping = [' ', '_', '~', '"', '\'', '“', '”', '„', '‘', '’', '«', '»', '‹', '›', '.', ':', '-', '–'];
    private static readonly string[] Labels = ["Title:", "Titel:", "Titre :", "Titre:"];

    /// <summary>The first line of the first message, cut at a word.</summary>
    public static string From(string input)
    {
        string line = OneLine(input.AsSpan().Trim().ToString().Split('\n', 2)[0]);
        if (line.Length <= FromInputLength)
            return line;
        return CutAtWord(line, FromInputLength);
    }

    // Marks that turn the direction of writing would turn what stands behind the title in lists and names of files.
    internal static string OneLine(string title) =>
        string.Concat(title.Where(c => c is not ((>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))).Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private static string CutAtWord(string line, int length)
    {
        int cut = line.LastIndexOf(' ', length - 1);
        if (cut < length / 2)
            cut = char.IsHighSurrogate(line[length - 2]) ? length - 2 : length - 1;
        return line[..cut].TrimEnd() + "…";
    }

    /// <summary>What a model gave for a title: its first line, without quotes and markdown, cut at a word. Null where nothing is left.</summary>
    public static string? FromModel(string answer)
    {
        // Some models think aloud in their text.
        int thought = answer.LastIndexOf("</think>", StringComparison.OrdinalIgnoreCase);
        string line = StorableText.Of(thought < 0 ? answer : answer[(thought + "</think>".Length)..])
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(l => Plain(OneLine(l))).FirstOrDefault(l => l.Length > 0) ?? "";
        return line.Length == 0 ? null : line.Length <= FromModelLength ? line : CutAtWord(line, FromModelLength);
    }

    private static string Plain(string line)
    {
        line = string.Join(' ', line.Split(Noise, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimStart(Leading).Trim(Wrapping);
        foreach (string label in Labels)
        {
            if (line.StartsWith(label, StringComparison.OrdinalIgnoreCase))
                line = line[label.Length..];
        }
        return line.Trim(Wrapping);
    }

    /// <summary>The title as it is stored.</summary>
    /// <exception cref="RequestProblem">It is empty or too long.</exception>
    public static string Checked(string title)
    {
        title = OneLine(StorableText.Of(title));
        if (title.Length is 0 or > MaxLength)
            throw RequestProblem.Invalid("title", $"A title has 1 to {MaxLength} characters.");
        return title;
    }
}
