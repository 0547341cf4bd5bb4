using ChatApp.Data.Entities;

namespace ChatApp.Conversations;

/// <summary>What a new message would follow: a path from a root of the tree down to <paramref name="LeafId"/>.</summary>
/// <param name="LeafId">Null when the new message would be a root.</param>
/// <param name="Agent">Slug of the conversation's agent; null for the default one.</param>
/// <param name="Messages">Root first.</param>
public sealed record Branch(Guid? LeafId, string? Agent, IReadOnlyList<(MessageRole Role, string Content)> Messages)
{
    public static readonly Branch New = new(null, null, []);
}
