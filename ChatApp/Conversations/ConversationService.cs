using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>Reads and begins a person's conversations; <see cref="ConversationEdits"/> changes them. Every method looks only at those the caller owns.</summary>
public sealed class ConversationService(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed, TimeProvider time)
{
    /// <summary>Those that are not archived, newest first, at most <paramref name="limit"/>, those behind <paramref name="before"/> where given.</summary>
    public Task<IReadOnlyList<ConversationSummary>> ListAsync(CurrentUser caller, int limit, PageCursor? before, CancellationToken cancellationToken) =>
        ListAsync(caller, new ConversationFilter(), limit, before, cancellationToken);

    /// <summary>Newest first, at most <paramref name="limit"/>, those behind <paramref name="before"/> where given.</summary>
    public async Task<IReadOnlyList<ConversationSummary>> ListAsync(
        CurrentUser caller, ConversationFilter filter, int limit, PageCursor? before, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var own = filter.Of(db, caller);
        if (before is var (at, id))
            own = own.Where(c => c.UpdatedAt <= at && (c.UpdatedAt < at || c.Id < id));
        return await ConversationSummaries.LoadAsync(db, own.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id).Take(limit), cancellationToken);
    }

    /// <summary>Null when the caller has no such conversation.</summary>
    public async Task<ConversationSummary?> FindAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return (await ConversationSummaries.LoadAsync(db, db.Own(caller, id), cancellationToken)).SingleOrDefault();
    }

    /// <summary>The shown branch, root first. Null when the caller has no such conversation.</summary>
    public async Task<IReadOnlyList<MessageView>?> ListPathAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await db.Own(caller, id).Select(c => new { c.ActiveLeafId }).SingleOrDefaultAsync(cancellationToken);
        if (conversation == null)
            return null;
        if (conversation.ActiveLeafId is not { } leaf)
            return [];
        return MessagePath.RootFirst(await MessageViews.ReadAsync(db, caller, MessagePath.Of(db, id, leaf), cancellationToken), leaf, v => v.Id, v => v.ParentId);
    }

    /// <summary>
    /// What a new message below <paramref name="parentMessageId"/> (null: the active leaf) would follow.
    /// Null when the caller has no such conversation.
    /// </summary>
    /// <exception cref="RequestProblem">The conversation has no such message, or its answer is still being written.</exception>
    public async Task<Branch?> FindBranchAsync(CurrentUser caller, Guid id, Guid? parentMessageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = await (
            from c in db.Own(caller, id)
            join a in db.Agents on c.AgentId equals a.Id into agents
            from a in agents.DefaultIfEmpty()
            select new
            {
                c.ActiveLeafId, Agent = a.Slug, c.SystemPrompt, c.Layer, IsUntitled = c.TitledBy == TitleOrigin.Message && c.Source == null && !c.IsTemporary,
            }).SingleOrDefaultAsync(cancellationToken);
        if (conversation == null)
            return null;
        var branch = new Branch(null, conversation.Agent, []) { SystemPrompt = conversation.SystemPrompt, Layer = conversation.Layer, IsUntitled = conversation.IsUntitled };
        if ((parentMessageId ?? conversation.ActiveLeafId) is not { } leaf)
            return branch;
        var rows = await MessagePath.Of(db, id, leaf).ToListAsync(cancellationToken);
        var path = MessagePath.RootFirst(rows, leaf, m => m.Id, m => m.ParentId);
        if (path.Count == 0)
            throw RequestProblem.NotFound("parent_message_id", "The conversation has no such message.");
        if (path[^1].Status == MessageStatus.Streaming)
            throw new RequestProblem(409, "run_in_progress", "The previous answer is still being written. Wait for it, or stop it first.", "conversation_id");
        var attachments = (await (
            from a in db.MessageAttachments.AsNoTracking()
            join m in db.Messages on a.MessageId equals m.Id
            where m.ConversationId == id
            orderby a.Position
            select a).ToListAsync(cancellationToken)).ToLookup(a => a.MessageId, a => new Attachment(a.FileId, a.Url));
        return branch with
        {
            Leaf = new BranchLeaf(leaf, path[^1].ParentId, path[^1].Role, path[^1].Status),
            Messages = [.. path.Select(m => new BranchMessage(m.Role, m.Content, m.AuthorName) { Attachments = [.. attachments[m.Id]] })],
        };
    }

    /// <summary>The caller's conversation that the client of this source calls so; null when there is none.</summary>
    public async Task<Guid?> FindByExternalIdAsync(CurrentUser caller, string source, string externalId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Conversations.Where(c => c.OwnerId == caller.Id && c.Source == source && c.ExternalId == externalId)
            .Select(c => (Guid?)c.Id).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Creates an empty conversation.</summary>
    /// <param name="title">Null for none yet.</param>
    /// <param name="agent">Slug; null for the default agent.</param>
    public async Task<ConversationSummary> CreateAsync(CurrentUser caller, string? title, string? agent, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var conversation = new Conversation
        {
            Id = Guid.CreateVersion7(now), OwnerId = caller.Id, Title = title == null ? "New conversation" : ConversationTitle.Checked(title),
            TitledBy = title == null ? TitleOrigin.Message : TitleOrigin.Person,
            CreatedAt = now.UtcDateTime, UpdatedAt = now.UtcDateTime,
        };
        if (agent != null)
        {
            conversation.AgentId = await db.Agents.Where(a => a.Slug == agent && a.Enabled).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancellationToken)
                ?? throw RequestProblem.NotFound("agent", "There is no such agent.");
        }
        db.Conversations.Add(conversation);
        await db.SaveChangesAsync(cancellationToken);
        feed.Publish(caller.Id, conversation.Id, ConversationChange.Updated);
        return (await ConversationSummaries.LoadAsync(db, db.Own(caller, conversation.Id), cancellationToken)).Single();
    }
}
