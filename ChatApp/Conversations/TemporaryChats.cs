using System.Collections.Concurrent;
using ChatApp.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Conversations;

/// <summary>
/// Knows which temporary chats are on somebody's screen, and finds those that nobody needs any more. Who looks is known to this
/// process alone; what it forgets at its end falls to <see cref="ConversationOptions.TemporaryRetention"/>.
/// </summary>
public sealed class TemporaryChats(IDbContextFactory<ChatDbContext> databases, IOptions<ConversationOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Looks> _looks = new();

    /// <summary>A page shows the conversation, until it disposes what it is given.</summary>
    public IDisposable Look(Guid conversationId)
    {
        _looks.AddOrUpdate(conversationId, _ => new Looks(1, null), (_, looks) => looks with { Count = looks.Count + 1 });
        return new LookAt(this, conversationId);
    }

    /// <summary>Writes down that those on a screen have been looked at.</summary>
    internal async Task TouchAsync(CancellationToken cancellationToken)
    {
        var shown = _looks.Where(l => l.Value.Count > 0).Select(l => l.Key).ToList();
        if (shown.Count == 0)
            return;
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Conversations.Where(c => shown.Contains(c.Id) && c.IsTemporary).ExecuteUpdateAsync(set => set.SetProperty(c => c.UpdatedAt, now), cancellationToken);
    }

    /// <summary>Those whose last page was left so long ago that nobody is coming back.</summary>
    internal IReadOnlyList<Guid> ListLeft() => [.. _looks.Keys.Where(IsLeft)];

    /// <summary>Whether that is still so.</summary>
    internal bool IsLeft(Guid conversationId) =>
        _looks.TryGetValue(conversationId, out var looks) && looks is { Count: 0, LeftAt: { } left } && left < time.GetUtcNow() - options.Value.TemporaryGrace;

    /// <summary>It has been deleted.</summary>
    internal void Forget(Guid conversationId)
    {
        if (_looks.TryGetValue(conversationId, out var looks) && looks.Count == 0)
            _looks.TryRemove(new(conversationId, looks));
    }

    private void Leave(Guid conversationId) =>
        _looks.AddOrUpdate(conversationId, _ => new Looks(0, time.GetUtcNow()), (_, looks) => new Looks(looks.Count - 1, time.GetUtcNow()));

    private sealed record Looks(int Count, DateTimeOffset? LeftAt);

    private sealed class LookAt(TemporaryChats chats, Guid conversationId) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                chats.Leave(conversationId);
        }
    }
}
