using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;

namespace ChatApp.Conversations;

/// <summary>The one way to a conversation by its id: whose it is stands in the query.</summary>
internal static class OwnConversations
{
    /// <summary>The caller's conversation of this id, or none. What was thrown away is none.</summary>
    public static IQueryable<Conversation> Own(this ChatDbContext db, CurrentUser caller, Guid id) =>
        db.Conversations.Where(c => c.Id == id && c.OwnerId == caller.Id);
}
