using Microsoft.Extensions.AI;

namespace ChatApp.Providers;

/// <summary>A text file as a model is told it: a part of the message with the file's name and its text between fences.</summary>
public static class FileText
{
    private const string NameKey = "chatapp.file";
    private const string LengthKey = "chatapp.file.length";

    /// <param name="room">The most of it that is told, in UTF-16 units.</param>
    public static TextContent Part(string name, string text, int room)
    {
        string told = text.Length <= room ? text : text[..(room > 0 && char.IsHighSurrogate(text[room - 1]) ? room - 1 : room)];
        string fence = new('`', Math.Max(3, LongestRun(told) + 1));
        string cut = told.Length == text.Length ? "" : $"\n[Only the first {told.Length} of its {text.Length} characters: the whole file does not fit.]";
        return new TextContent($"\n\n[{name}]\n{fence}\n{told}{(told.EndsWith('\n') ? "" : "\n")}{fence}{cut}")
        {
            AdditionalProperties = new() { [NameKey] = name, [LengthKey] = told.Length },
        };
    }

    /// <summary>The name of the file that a part tells; null where the person said it.</summary>
    public static string? NameOf(AIContent content) => content.AdditionalProperties?.TryGetValue(NameKey, out string? name) == true ? name : null;

    /// <summary>What of the file is told, in UTF-16 units; 0 where the part tells none.</summary>
    public static int LengthOf(AIContent content) => content.AdditionalProperties?.TryGetValue(LengthKey, out int length) == true ? length : 0;

    /// <summary>Of backticks: the fence must be longer than any in the file.</summary>
    private static int LongestRun(string text)
    {
        int longest = 0, run = 0;
        foreach (char c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
