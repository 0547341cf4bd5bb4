using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Conversations;

/// <summary>Deletes for good what was thrown away a while ago, and the temporary chats that nobody looks at any more.</summary>
public sealed class ConversationPurge(
    IDbContextFactory<ChatDbContext> databases, ConversationEdits edits, TemporaryChats temporary, IOptions<ConversationOptions> options, TimeProvider time)
{
    // Each one is a statement of its own: while it lasts, nobody else can write.
    private const int BatchSize = 500;

    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await temporary.TouchAsync(cancellationToken);
        var discarded = (time.GetUtcNow() - options.Value.DeletedRetention).UtcDateTime;
        var unseen = (time.GetUtcNow() - options.Value.TemporaryRetention).UtcDateTime;
        await DeleteAsync(all => all.Where(c => c.DeletedAt < discarded), cancellationToken);
        await DeleteAsync(all => all.Where(c => c.IsTemporary && c.UpdatedAt < unseen), cancellationToken);
        if (temporary.ListLeft() is { Count: > 0 } left)
        {
            await DeleteAsync(all => all.Where(c => c.IsTemporary && left.Contains(c.Id)), cancellationToken);
            foreach (var id in left)
                temporary.Forget(id);
        }
    }

    private async Task DeleteAsync(Func<IQueryable<Conversation>, IQueryable<Conversation>> which, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var found = await which(db.Conversations.IgnoreQueryFilters()).Take(BatchSize).Select(c => new { c.Id, c.OwnerId }).ToListAsync(cancellationToken);
            foreach (var conversation in found)
                await edits.DeleteAsync(conversation.OwnerId, conversation.Id, cancellationToken);
            if (found.Count < BatchSize)
                return;
        }
    }
}
