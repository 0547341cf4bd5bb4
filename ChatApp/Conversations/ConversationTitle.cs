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
}
