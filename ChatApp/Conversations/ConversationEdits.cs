using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>What to change about a conversation; what is null stays as it is.</summary>
public sealed record ConversationChanges
{
    public string? Title { get; init; }
    public bool? Pinned { get; init; }
    public bool? Archived { get; init; }

    /// <summary>The folder to move it to; <see cref="Guid.Empty"/> for out of its folder.</summary>
    public Guid? FolderId { get; init; }

    /// <summary>All tags that it shall have.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>
/// Changes a person's conversations, only those the caller owns. None of it counts as news: the time of the last message, by which
/// lists are sorted, stays.
/// </summary>
public sealed class ConversationEdits(IDbContextFactory<ChatDbContext> databases, ConversationDeletion deletion, ConversationFeed feed, TimeProvider time)
{
    /// <summary>All of it or nothing. False when the caller has no such conversation.</summary>
    /// <exception cref="RequestProblem">A value is none, or the caller has no such folder; names the field.</exception>
    public async Task<bool> ChangeAsync(CurrentUser caller, Guid id, ConversationChanges changes, CancellationToken cancellationToken)
    {
        string? title = changes.Title == null ? null : ConversationTitle.Checked(changes.Title);
        var tags = changes.Tags == null ? null : Tags.Checked(changes.Tags);
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var own = db.Own(caller, id);
        if (!await own.AnyAsync(cancellationToken))
            return false;
        if (changes.FolderId is { } folder && folder != Guid.Empty && !await db.Folders.AnyAsync(f => f.Id == folder && f.OwnerId == caller.Id, cancellationToken))
            throw RequestProblem.Invalid("folder_id", "There is no such folder.");
        if (title != null)
            await own.ExecuteUpdateAsync(set => set.SetProperty(c => c.Title, title).SetProperty(c => c.TitledBy, TitleOrigin.Person), cancellationToken);
        if (changes.Pinned is { } pinned)
            // What is pinned once more keeps its place.
            await own.ExecuteUpdateAsync(set => set.SetProperty(c => c.PinnedAt, c => pinned ? c.PinnedAt ?? now : null), cancellationToken);
        if (changes.Archived is { } archived)
            await own.ExecuteUpdateAsync(set => set.SetProperty(c => c.ArchivedAt, c => archived ? c.ArchivedAt ?? now : null), cancellationToken);
        if (changes.FolderId is { } target)
        {
            Guid? folderId = target == Guid.Empty ? null : target;
            await own.ExecuteUpdateAsync(set => set.SetProperty(c => c.FolderId, folderId), cancellationToken);
        }
        if (tags != null)
        {
            await db.ConversationTags.Where(t => t.ConversationId == id).ExecuteDeleteAsync(cancellationToken);
            db.ConversationTags.AddRange(tags.Select(name => new ConversationTag { ConversationId = id, Name = name }));
            await db.SaveChangesAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(caller.Id, id, ConversationChange.Updated);
        return true;
    }

    /// <summary>Gives it a person's title, which no model replaces. False when the caller has no such conversation.</summary>
    public Task<bool> RenameAsync(CurrentUser caller, Guid id, string title, CancellationToken cancellationToken) =>
        ChangeAsync(caller, id, new ConversationChanges { Title = title }, cancellationToken);

    /// <summary>
    /// Throws it away: nobody sees it any more, an answer that is being written stops, and it can be brought back until it is
    /// purged. False when the caller has no such conversation.
    /// </summary>
    /// <exception cref="RequestProblem">409: it belongs to a session that is not closed.</exception>
    public async Task<bool> DiscardAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        DateTime? deletedAt = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await RefuseSessionAsync(db, caller, id, cancellationToken);
        if (await db.Own(caller, id).ExecuteUpdateAsync(set => set.SetProperty(c => c.DeletedAt, deletedAt), cancellationToken) == 0)
            return false;
        feed.Publish(caller.Id, id, ConversationChange.Deleted);
        return true;
    }

    /// <summary>
    /// Brings back what was thrown away; where its client has begun another conversation of the same name meanwhile, without that name.
    /// False when there is no such conversation any more.
    /// </summary>
    public async Task<bool> RestoreAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        DateTime? none = null;
        if (await db.Conversations.IgnoreQueryFilters().Where(c => c.Id == id && c.OwnerId == caller.Id && c.DeletedAt > ConversationDeletion.Condemned)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(c => c.DeletedAt, none)
                    .SetProperty(c => c.ExternalId, c => db.Conversations.Any(o => o.OwnerId == c.OwnerId && o.Source == c.Source && o.ExternalId == c.ExternalId) ? null : c.ExternalId),
                cancellationToken) == 0)
            return false;
        feed.Publish(caller.Id, id, ConversationChange.Updated);
        return true;
    }

    /// <summary>
    /// Deletes it for good, with its messages, runs and the files that nothing else refers to, also when it had been thrown away: it is
    /// gone for everybody at once, its rows a little later. A run that is still going stops and leaves nothing behind. False when the
    /// caller has no such conversation.
    /// </summary>
    /// <exception cref="RequestProblem">409: it belongs to a session that is not closed.</exception>
    public async Task<bool> DeleteAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            await RefuseSessionAsync(db, caller, id, cancellationToken);
        return await deletion.DeleteAsync(caller.Id, id, _ => true, cancellationToken);
    }

    /// <summary>A session, its people and what was found in it go with its conversation: nobody shall lose that by a click in a list.</summary>
    private static async Task RefuseSessionAsync(ChatDbContext db, CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        if (await db.AskSessions.AnyAsync(s => s.ConversationId == id && s.OwnerId == caller.Id && s.Status != AskStatus.Closed, cancellationToken))
            throw new RequestProblem(409, "conflict", "This conversation belongs to a session in which others take part. Close the session first.", "id");
    }
}
