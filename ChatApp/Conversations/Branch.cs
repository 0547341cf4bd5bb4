using ChatApp.Data.Entities;

namespace ChatApp.Conversations;

/// <summary>What a new message would follow: a path from a root of the tree down to <paramref name="Leaf"/>.</summary>
/// <param name="Leaf">Null when the new message would be a root.</param>
/// <param name="Agent">Slug of the conversation's agent; null for the default one.</param>
/// <param name="Messages">Root first, the leaf included.</param>
public sealed record Branch(BranchLeaf? Leaf, string? Agent, IReadOnlyList<BranchMessage> Messages)
{
    public static readonly Branch New = new(null, null, []) { IsUntitled = true };

    /// <summary>In the place of the agent's prompt; null for the agent's own.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Whether a model may give the conversation a title: it is a listed one of our own, and still has the first words for one.</summary>
    public bool IsUntitled { get; init; }

    /// <summary>How close the person is to the persona; null outside the Persona API.</summary>
    public string? Layer { get; init; }
}

/// <summary>The message at the end of a branch.</summary>
public sealed record BranchLeaf(Guid Id, Guid? ParentId, MessageRole Role, MessageStatus Status);

/// <summary>A message as a model is told it.</summary>
/// <param name="AuthorName">Who said it, where several people talk in one conversation; null for the conversation's owner.</param>
public sealed record BranchMessage(MessageRole Role, string Content, string? AuthorName)
{
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}

/// <summary>What goes with a message: a file of its owner's, or an https address that the provider reads. One of the two.</summary>
public sealed record Attachment(Guid? FileId, string? Url);
