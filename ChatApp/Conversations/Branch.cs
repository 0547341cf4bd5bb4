using ChatApp.Data.Entities;

namespace ChatApp.Conversations;

/// <summary>What a new message would follow: a path from a root of the tree down to <paramref name="Leaf"/>.</summary>
/// <param name="Leaf">Null when the new message would be a root.</param>
/// <param name="Agent">Slug of the conversation's agent; null for the default one.</param>
/// <param name="Messages">Root first, the leaf included.</param>
public sealed record Branch(BranchLeaf? Leaf, string? Agent, IReadOnlyList<(MessageRole Role, string Content)> Messages)
{
    public static readonly Branch New = new(null, null, []);
}

/// <summary>The message at the end of a branch.</summary>
public sealed record BranchLeaf(Guid Id, Guid? ParentId, MessageRole Role, MessageStatus Status);
