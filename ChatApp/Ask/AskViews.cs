using ChatApp.Data.Entities;
using ChatApp.Identity;

namespace ChatApp.Ask;

/// <summary>What can be changed about a session.</summary>
/// <param name="Question">1 to 4,000 characters.</param>
/// <param name="Name">Null for the question's beginning.</param>
public sealed record AskSettings(string Question, string? Name = null)
{
    public string? Description { get; init; }

    /// <summary>Template of the system prompt; null for the agent's own.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Slug; null for <see cref="AskSetup.ConversationAgent"/>, else the default agent.</summary>
    public string? Agent { get; init; }

    public bool AllowAnonymous { get; init; }

    /// <summary>UTC; null for at once.</summary>
    public DateTime? StartsAt { get; init; }

    /// <summary>UTC; null for no end.</summary>
    public DateTime? EndsAt { get; init; }
}

/// <summary>A session with its people.</summary>
/// <param name="People">In the order in which they came.</param>
/// <param name="IsOpen">Whether it takes messages: active, and between its start and its end.</param>
public sealed record AskDetails(AskSession Session, IReadOnlyList<AskPerson> People, bool IsOpen)
{
    /// <summary>As whom its conversation is read and its runs are started.</summary>
    internal CurrentUser Owner => new(Session.OwnerId, IsAdmin: false, new HashSet<string> { Scopes.Read, Scopes.Chat });
}

/// <summary>A participant as the others see them.</summary>
/// <param name="Name">The participant's, else their account's, else what stands before the @ of their e-mail address, else <c>Participant N</c>.</param>
/// <param name="HasInvitation">Whether a token lets them in.</param>
public sealed record AskPerson(
    Guid Id, Guid? AccountId, string Name, string? Email, string Role, bool IsSpokesperson, bool IsActive, bool HasInvitation, DateTime CreatedAt);

/// <summary>A session in a list.</summary>
/// <param name="Agent">Slug; null where it names none.</param>
/// <param name="Owner">E-mail address.</param>
public sealed record AskSummary(
    string Key, string Name, AskStatus Status, bool AllowAnonymous, string? Agent, int People, string? Owner, DateTime UpdatedAt);

/// <summary>An invitation just made. <paramref name="Token"/> is not to be had again.</summary>
public sealed record AskInvitation(Guid ParticipantId, string Key, string Token)
{
    /// <summary>The page that it opens, below the server's address.</summary>
    public string Path => PathOf(Key, Token);

    /// <inheritdoc cref="Path"/>
    /// <param name="token">Null for those who need none.</param>
    public static string PathOf(string key, string? token) =>
        $"/ask/{Uri.EscapeDataString(key)}" + (token == null ? "" : $"?invite={Uri.EscapeDataString(token)}");
}

/// <summary>What somebody says.</summary>
/// <param name="Content">Not only white space.</param>
public sealed record AskSpeech(string? Content)
{
    /// <summary>What somebody without account and invitation calls themselves; null for no name.</summary>
    public string? SenderName { get; init; }

    /// <summary>A JSON object that is kept with the message; null for none.</summary>
    public string? Metadata { get; init; }

    /// <summary>The same speech sent again has the same; null where that cannot be told.</summary>
    public string? SendId { get; init; }

    /// <summary>Whether it is not stored where it is what was said last.</summary>
    public bool OnlyIfNew { get; init; }
}
