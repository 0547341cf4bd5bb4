using System.Text;

namespace ChatApp.Providers.Demo;

/// <summary>Composes the demo's answer to a question from the docs.</summary>
internal static class DocsAnswer
{
    private const int MaxQuote = 1200;
    private const string Label = "I am the demo: no language model is connected. I look things up in this product's own docs.\n\n";

    private const string Suggestions = """
        Try for example:

        - How do I connect a provider?
        - How do I call the API?
        - What happens when I close the page in mid-answer?

        `/demo` lists answers of other shapes.

        To talk to a real model, connect one on the command line:

        ```sh
        dotnet run --project ChatApp -- providers add --slug openai --kind openai --api-key-env OPENAI_API_KEY
        dotnet run --project ChatApp -- models add --provider openai --name MODEL --default
        dotnet run --project ChatApp -- agents add --slug assistant --model openai/MODEL --default
        ```
        """;

    /// <param name="first">Whether it is the first answer of the conversation, which says what is speaking.</param>
    public static string Compose(DocsIndex docs, string question, bool first)
    {
        var found = docs.Search(question, 3);
        var answer = new StringBuilder(first ? Label : "");
        if (found.Count == 0)
            return answer.Append("I found nothing about that in the docs").Append(first ? ". " : "; I am a demo, not a model. ").Append(Suggestions).ToString();
        answer.Append("From **").Append(found[0].Source).Append("**:\n\n");
        foreach (string line in Shortened(Unwrapped(found[0].Text)).Split('\n'))
            answer.Append('>').Append(line.Length > 0 ? " " : "").Append(line).Append('\n');
        if (found.Count > 1)
        {
            answer.Append("\nSee also:\n\n");
            foreach (var section in found.Skip(1))
                answer.Append("- ").Append(section.Source).Append('\n');
        }
        if (first)
            answer.Append("\nAsk on, or connect a real model: ask “How do I connect a provider?”");
        return answer.ToString().TrimEnd();
    }

    // The docs' lines are wrapped for an editor; a chat shows each line as one. Pictures are not in the chat.
    private static string Unwrapped(string text)
    {
        var lines = new List<string>();
        bool fenced = false, open = false;
        foreach (string line in text.Split('\n'))
        {
            string content = line.TrimStart();
            bool fence = content.StartsWith("```", StringComparison.Ordinal);
            fenced ^= fence;
            if (!fenced && content.StartsWith("![", StringComparison.Ordinal))
                continue;
            bool own = fence || fenced || content.Length == 0 || content[0] is '|' or '>' or '#' || IsItem(content);
            if (open && !own)
                lines[^1] += " " + content;
            else
                lines.Add(line);
            // What stands below a table, a quotation or a heading is not part of it.
            open = !fence && !fenced && content.Length > 0 && content[0] is not ('|' or '>' or '#');
        }
        return string.Join('\n', lines);
    }

    private static bool IsItem(string line) =>
        line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith("* ", StringComparison.Ordinal) || (char.IsAsciiDigit(line[0]) && line.IndexOf(". ", StringComparison.Ordinal) is 1 or 2);

    // Cut after a whole paragraph, and with every code block closed.
    private static string Shortened(string text)
    {
        if (text.Length <= MaxQuote)
            return text;
        int cut = text.LastIndexOf("\n\n", MaxQuote, StringComparison.Ordinal);
        string quote = text[..(cut > 0 ? cut : MaxQuote)];
        bool open = quote.Split('\n').Count(l => l.TrimStart().StartsWith("```", StringComparison.Ordinal)) % 2 == 1;
        return quote + (open ? "\n```" : "") + "\n\n…";
    }
}
