using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>A person's conversation with a persona.</summary>
/// <param name="AgentId">Null for the default agent.</param>
/// <param name="Agent">Its slug; null for the default agent.</param>
/// <param name="Layer">A name of <see cref="Layers"/>.</param>
public sealed record PersonaConversation(Guid Id, Guid? AgentId, string? Agent, string? Handle, string Title, string Layer, DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>The conversations of the Persona API. What a method gives or makes is the caller's own.</summary>
public sealed class PersonaConversations(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed, TimeProvider time)
{
    private const int MaxListed = 200;

    /// <summary>The caller's newest conversation with the agent, or a new one, in the layer public.</summary>
    /// <param name="title">Of a new one.</param>
    public async Task<PersonaConversation> OpenAsync(CurrentUser caller, Guid agentId, string title, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var newest = await Views(db, Own(db, caller).Where(c => c.AgentId == agentId && c.Source == ConversationSources.Persona))
            .FirstOrDefaultAsync(cancellationToken);
        if (newest != null)
            return newest;
        var now = time.GetUtcNow();
        var conversation = new Conversation
        {
            Id = Guid.CreateVersion7(now), OwnerId = caller.Id, Title = title, AgentId = agentId, Source = ConversationSources.Persona,
            Layer = Layers.Public, CreatedAt = now.UtcDateTime, UpdatedAt = now.UtcDateTime,
        };
        db.Conversations.Add(conversation);
        await db.SaveChangesAsync(cancellationToken);
        feed.Publish(caller.Id, conversation.Id, ConversationChange.Updated);
        return await Views(db, Own(db, caller).Where(c => c.Id == conversation.Id)).SingleAsync(cancellationToken);
    }

    /// <summary>Any conversation of the caller's.</summary>
    /// <exception cref="RequestProblem">404 where there is none, and, as this API has it, 403 where it is somebody else's.</exception>
    public async Task<PersonaConversation> FindAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Views(db, Own(db, caller).Where(c => c.Id == id)).SingleOrDefaultAsync(cancellationToken)
            ?? throw (await db.Conversations.AnyAsync(c => c.Id == id, cancellationToken)
                ? new RequestProblem(403, "forbidden", "Forbidden", "conversation_id")
                : RequestProblem.NotFound("conversation_id", "Conversation not found"));
    }

    /// <summary>The caller's newest conversations that were started over this API, newest first.</summary>
    public async Task<IReadOnlyList<PersonaConversation>> ListAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Views(db, Own(db, caller).Where(c => c.Source == ConversationSources.Persona)).Take(MaxListed).ToListAsync(cancellationToken);
    }

    private static IQueryable<Conversation> Own(ChatDbContext db, CurrentUser caller) => db.Conversations.AsNoTracking().Where(c => c.OwnerId == caller.Id);

    private static IQueryable<PersonaConversation> Views(ChatDbContext db, IQueryable<Conversation> conversations) =>
        from c in conversations
        join a in db.Agents on c.AgentId equals a.Id into agents
        from a in agents.DefaultIfEmpty()
        orderby c.UpdatedAt descending
        select new PersonaConversation(c.Id, c.AgentId, a.Slug, a.Handle, c.Title, c.Layer ?? Layers.Public, c.CreatedAt, c.UpdatedAt);
}
