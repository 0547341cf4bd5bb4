using System.Buffers.Text;
using System.Security.Cryptography;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>A link of the caller's by which anybody reads a branch.</summary>
/// <param name="LeafId">The last message that it shows.</param>
/// <param name="Path">On this server, e.g. <c>/share/3q2-7w…</c>.</param>
public sealed record ShareView(Guid Id, Guid ConversationId, Guid LeafId, string Title, string Path, DateTime CreatedAt);

/// <summary>What those see who have the link.</summary>
public sealed record SharedBranch(string Title, DateTime CreatedAt, IReadOnlyList<SharedMessage> Messages);

/// <summary>A message of a shared branch. Nothing tells who its owner is.</summary>
/// <param name="AuthorName">The participant who wrote it, where several people talk; null for its owner.</param>
/// <param name="Agent">Name of the agent that answered; null for a person's message.</param>
/// <param name="Attachments">How many files went with it; they are not shared.</param>
/// <param name="FinishReason">stop, length, …; null for a person's message.</param>
public sealed record SharedMessage(
    Guid Id, MessageRole Role, MessageStatus Status, string Content, string? AuthorName, string? Agent, string? FinishReason, int Attachments, DateTime CreatedAt);

/// <summary>Read-only links to a branch of a conversation. What is written after sharing stays private; revoking a link ends it at once.</summary>
public sealed class Sharing(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    private const int TokenBytes = 16;
    private const int MaxPerConversation = 50;

    /// <summary>Shares the branch that ends in a message; null for the one that is shown. A branch that is shared already keeps its link.</summary>
    /// <returns>Null when the caller has no such conversation.</returns>
    /// <exception cref="RequestProblem">The conversation is empty, temporary or has no such message, or the answer is still being written.</exception>
    public async Task<ShareView?> CreateAsync(CurrentUser caller, Guid conversationId, Guid? messageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // Takes the write lock at once on SQLite: of two at the same time the second finds the link of the first.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var conversation = await db.Own(caller, conversationId)
            .Select(c => new { c.ActiveLeafId, c.Title, c.IsTemporary }).SingleOrDefaultAsync(cancellationToken);
        if (conversation == null)
            return null;
        if (conversation.IsTemporary)
            throw RequestProblem.Invalid("id", "A temporary chat can't be shared: it will be deleted.");
        if ((messageId ?? conversation.ActiveLeafId) is not { } leaf)
            throw RequestProblem.Invalid("message_id", "There is nothing to share yet.");
        var status = await db.Messages.Where(m => m.Id == leaf && m.ConversationId == conversationId).Select(m => (MessageStatus?)m.Status).SingleOrDefaultAsync(cancellationToken)
            ?? throw RequestProblem.Invalid("message_id", "The conversation has no such message.");
        if (status == MessageStatus.Streaming)
            throw new RequestProblem(409, "run_in_progress", "The answer is still being written. Share it when it is whole.", "message_id");
        var own = db.Shares.Where(s => s.ConversationId == conversationId);
        if (await own.FirstOrDefaultAsync(s => s.LeafId == leaf, cancellationToken) is { } shared)
            return View(shared);
        if (await own.CountAsync(cancellationToken) >= MaxPerConversation)
            throw RequestProblem.Invalid("id", $"This conversation has {MaxPerConversation} links already. Revoke one first.");
        var now = time.GetUtcNow();
        var share = new Share
        {
            Id = Guid.CreateVersion7(now), Token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)), OwnerId = caller.Id,
            ConversationId = conversationId, LeafId = leaf, Title = conversation.Title, CreatedAt = now.UtcDateTime,
        };
        db.Shares.Add(share);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return View(share);
    }

    /// <summary>The caller's links, newest first.</summary>
    /// <param name="conversationId">Only of this conversation; null for all.</param>
    public async Task<IReadOnlyList<ShareView>> ListAsync(CurrentUser caller, Guid? conversationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var shares = await (
            from s in db.Shares.AsNoTracking()
            // None of those that were thrown away.
            join c in db.Conversations on s.ConversationId equals c.Id
            where s.OwnerId == caller.Id && (conversationId == null || s.ConversationId == conversationId)
            orderby s.CreatedAt descending
            select s).ToListAsync(cancellationToken);
        return [.. shares.Select(View)];
    }

    /// <summary>False when the caller has no such link.</summary>
    /// <param name="conversationId">Whose link it must be; null for any.</param>
    public async Task<bool> RevokeAsync(CurrentUser caller, Guid? conversationId, Guid shareId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Shares.Where(s => s.Id == shareId && s.OwnerId == caller.Id && (conversationId == null || s.ConversationId == conversationId))
            .ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>What the link shows to anybody; null where it is unknown or revoked, its conversation deleted, or its owner's account closed.</summary>
    public async Task<SharedBranch?> FindAsync(string token, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var share = await (
            from s in db.Shares.AsNoTracking()
            join c in db.Conversations on s.ConversationId equals c.Id
            join owner in db.Users on s.OwnerId equals owner.Id
            where s.Token == token && owner.DisabledAt == null
            select s).SingleOrDefaultAsync(cancellationToken);
        if (share == null)
            return null;
        var path = await (
            from m in MessagePath.Of(db, share.ConversationId, share.LeafId)
            join r in db.Runs on m.RunId equals r.Id into runs
            from r in runs.DefaultIfEmpty()
            join a in db.Agents on r.Agent equals a.Slug into agents
            from a in agents.DefaultIfEmpty()
            select new
            {
                m.ParentId,
                Message = new SharedMessage(
                    m.Id, m.Role, m.Status, m.Content, m.AuthorName, a.Name ?? r.Agent, r.FinishReason, db.MessageAttachments.Count(x => x.MessageId == m.Id), m.CreatedAt),
            }).ToListAsync(cancellationToken);
        return new SharedBranch(
            share.Title, share.CreatedAt, [.. MessagePath.RootFirst(path, share.LeafId, m => m.Message.Id, m => m.ParentId).Select(m => m.Message)]);
    }

    private static ShareView View(Share share) => new(share.Id, share.ConversationId, share.LeafId, share.Title, $"/share/{share.Token}", share.CreatedAt);
}
