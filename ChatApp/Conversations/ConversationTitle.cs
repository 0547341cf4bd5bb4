using ChatApp.Data;

namespace ChatApp.Conversations;

/// <summary>The title of a conversation until somebody gives it a better one.</summary>
public static class ConversationTitle
{
    public const int MaxLength = 120;
    private const int FromInputLength = 60;

    /// <summary>The first line of the first message, cut at a word.</summary>
    public static string From(string input)
    {
        string line = input.AsSpan().Trim().ToString().Split('\n', 2)[0].Trim();
        if (line.Length <= FromInputLength)
            return line;
        int cut = line.LastIndexOf(' ', FromInputLength - 1);
        if (cut < FromInputLength / 2)
            cut = char.IsHighSurrogate(line[FromInputLength - 2]) ? FromInputLength - 2 : FromInputLength - 1;
        return line[..cut].TrimEnd() + "…";
    }

    /// <summary>The title as it is stored.</summary>
    /// <exception cref="RequestProblem">It is empty or too long.</exception>
    public static string Checked(string title)
    {
        title = StorableText.Of(title.Trim());
        if (title.Length is 0 or > MaxLength)
            throw RequestProblem.Invalid("title", $"A title has 1 to {MaxLength} characters.");
        return title;
    }
}
