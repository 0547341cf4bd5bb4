using ChatApp.Conversations;
using ChatApp.Data;

namespace ChatApp.Transfer;

/// <summary>What of a person's library is in no conversation.</summary>
/// <param name="Folders">All of them, the empty ones too.</param>
/// <param name="Draft">What was begun in a new chat; null for nothing.</param>
internal sealed record LibraryDocument(IReadOnlyList<FolderDocument>? Folders, DraftDocument? Draft);

/// <summary>A folder.</summary>
internal sealed record FolderDocument(string? Name, DateTime CreatedAt)
{
    /// <summary>The name as it can be stored: in one line, and no longer than a folder's. Null where nothing is left.</summary>
    public static string? NameOf(string? given)
    {
        string name = (given ?? "").ReplaceLineEndings(" ").Trim();
        name = StorableText.Of(name[..Math.Min(name.Length, Folders.MaxNameLength)]).Trim();
        return name.Length == 0 || name.Any(char.IsControl) ? null : name;
    }
}

/// <summary>What a person has begun to write and not sent.</summary>
/// <param name="Agent">Slug of the agent it is meant for; null for the conversation's.</param>
internal sealed record DraftDocument(string Text, string? Agent, DateTime UpdatedAt);

/// <summary>A saved prompt.</summary>
internal sealed record PromptDocument(string Command, string Name, string Text, DateTime UpdatedAt);
