using System.Text;

namespace ChatApp.Providers.Demo;

/// <summary>Splits markdown at its headings.</summary>
internal static class MarkdownSections
{
    public static IEnumerable<DocsSection> Split(string path, string markdown)
    {
        var headings = new List<(int Level, string Text)>();
        var text = new StringBuilder();
        bool fenced = false;
        foreach (string line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            int level = fenced ? 0 : HeadingLevel(line);
            if (level == 0)
            {
                text.Append(line).Append('\n');
                continue;
            }
            if (Section(path, headings, text) is { } section)
                yield return section;
            text.Clear();
            headings.RemoveAll(h => h.Level >= level);
            headings.Add((level, line[level..].Trim()));
        }
        if (Section(path, headings, text) is { } last)
            yield return last;
    }

    /// <summary>The rows of the section's tables, each with its table's head.</summary>
    public static IEnumerable<(DocsSection Row, string FirstCell)> Rows(DocsSection section)
    {
        string[] lines = section.Text.Split('\n');
        string? head = null;
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith('|'))
                head = null;
            else if (head == null)
                (head, i) = (lines[i] + '\n' + (i + 1 < lines.Length ? lines[i + 1] : ""), i + 1);
            else
                yield return (section with { Text = head + '\n' + lines[i] }, lines[i].Split('|')[1].Trim());
        }
    }

    private static int HeadingLevel(string line)
    {
        int level = line.AsSpan().IndexOfAnyExcept('#');
        return level is >= 1 and <= 6 && line[level] == ' ' ? level : 0;
    }

    private static DocsSection? Section(string path, List<(int Level, string Text)> headings, StringBuilder text)
    {
        string body = text.ToString().Trim();
        return body.Length == 0 ? null : new DocsSection(string.Join(" › ", headings.Select(h => h.Text).Prepend(path)), body);
    }
}
