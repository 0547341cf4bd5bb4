using System.Linq.Expressions;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Conversations;

/// <summary>Deletes for good what was thrown away a while ago, the temporary chats that nobody looks at any more, and what an interrupted deletion has left.</summary>
public sealed class ConversationPurge(
    IDbContextFactory<ChatDbContext> databases, ConversationDeletion deletion, TemporaryChats temporary, IOptions<ConversationOptions> options, TimeProvider time)
{
    private const int BatchSize = 500;

    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await temporary.TouchAsync(cancellationToken);
        var discarded = (time.GetUtcNow() - options.Value.DeletedRetention).UtcDateTime;
        var unseen = (time.GetUtcNow() - options.Value.TemporaryRetention).UtcDateTime;
        await DeleteAsync(c => c.DeletedAt < discarded, _ => true, cancellationToken);
        await DeleteAsync(c => c.IsTemporary && c.UpdatedAt < unseen, _ => true, cancellationToken);
        if (temporary.ListLeft() is not { Count: > 0 } left)
            return;
        // Somebody may have come back since.
        await DeleteAsync(c => c.IsTemporary && left.Contains(c.Id), temporary.IsLeft, cancellationToken);
        foreach (var id in left)
            temporary.Forget(id);
    }

    /// <param name="which">Asked again by each deletion: what was brought back or looked at meanwhile stays.</param>
    /// <param name="stillWanted">Asked before each deletion.</param>
    private async Task DeleteAsync(Expression<Func<Conversation, bool>> which, Func<Guid, bool> stillWanted, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var last = Guid.Empty;
        while (true)
        {
            // Behind those that were spared.
            var found = await db.Conversations.IgnoreQueryFilters().Where(which).Where(c => c.Id > last).OrderBy(c => c.Id).Take(BatchSize)
                .Select(c => new { c.Id, c.OwnerId }).ToListAsync(cancellationToken);
            foreach (var conversation in found)
            {
                last = conversation.Id;
                if (stillWanted(conversation.Id))
                    await deletion.DeleteAsync(conversation.OwnerId, conversation.Id, which, cancellationToken);
            }
            if (found.Count < BatchSize)
                return;
        }
    }
}
