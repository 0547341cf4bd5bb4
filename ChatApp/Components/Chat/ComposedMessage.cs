namespace ChatApp.Components.Chat;

/// <summary>A message as the composer sends it. Sent again it is the same in every part, so that it is taken once.</summary>
/// <param name="Id">Stays the same when it is sent again.</param>
/// <param name="ConversationId">Where it was written; null for a new chat.</param>
/// <param name="Agent">Slug of the agent that was picked for it; null for the conversation's.</param>
public sealed record ComposedMessage(string Text, string Id, Guid? ConversationId, string? Agent)
{
    /// <summary>What goes with it: files of the person's own, in this order.</summary>
    public IReadOnlyList<Guid> Files { get; init; } = [];

    /// <summary>Whether it was written in a temporary chat.</summary>
    public bool IsTemporary { get; init; }
}

/// <summary>An agent as the composer's <c>@</c> shows it.</summary>
/// <param name="IsBlind">Whether its model can't look at images.</param>
public sealed record ComposerAgent(string Slug, string Name, string? Description, bool IsBlind);

/// <summary>A draft that was begun in this or another browser.</summary>
/// <param name="At">When the server took it, in milliseconds since 1970.</param>
public sealed record ComposerDraft(string Text, string? Agent, long At);
