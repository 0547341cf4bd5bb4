using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;

namespace ChatApp.Conversations;

/// <summary>Which of a person's conversations are meant. Temporary and deleted ones never are.</summary>
public sealed record ConversationFilter
{
    /// <summary>Those in the archive, or those that are not.</summary>
    public bool Archived { get; init; }

    /// <summary>Those in this folder; null for any.</summary>
    public Guid? FolderId { get; init; }

    /// <summary>Those with this tag; null for any.</summary>
    public string? Tag { get; init; }

    /// <summary>Those that are pinned, or those that are not; null for both.</summary>
    public bool? Pinned { get; init; }

    /// <summary>Only those in no folder.</summary>
    public bool Unfiled { get; init; }

    internal IQueryable<Conversation> Of(ChatDbContext db, CurrentUser caller)
    {
        var own = db.Conversations.Where(c => c.OwnerId == caller.Id && !c.IsTemporary);
        own = Archived ? own.Where(c => c.ArchivedAt != null) : own.Where(c => c.ArchivedAt == null);
        if (FolderId is { } folder)
            own = own.Where(c => c.FolderId == folder);
        if (Tag is { } tag)
            own = own.Where(c => db.ConversationTags.Any(t => t.ConversationId == c.Id && t.Name == tag));
        if (Pinned is { } pinned)
            own = pinned ? own.Where(c => c.PinnedAt != null) : own.Where(c => c.PinnedAt == null);
        return Unfiled ? own.Where(c => c.FolderId == null) : own;
    }
}
