using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ChatApp.Conversations;

/// <summary>What happened to a conversation of a person.</summary>
public enum ConversationChange
{
    /// <summary>It is new, has a new title or a new message, or a run of it has started or ended.</summary>
    Updated,
    Deleted,
}

/// <summary>
/// Tells a person's open pages that one of their conversations has changed, or, with <see cref="Guid.Empty"/> in its place, one of their
/// folders. A hint to load again, not a log.
/// </summary>
public sealed class ConversationFeed
{
    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<Channel<(Guid, ConversationChange)>, byte>> _watchers = new();

    /// <summary>Raised with a conversation's id when it has been deleted, before the pages are told.</summary>
    public event Action<Guid>? Deleted;

    public void Publish(Guid ownerId, Guid conversationId, ConversationChange change)
    {
        if (change == ConversationChange.Deleted)
            Deleted?.Invoke(conversationId);
        if (!_watchers.TryGetValue(ownerId, out var channels))
            return;
        foreach (var channel in channels.Keys)
            channel.Writer.TryWrite((conversationId, change));
    }

    /// <summary>Changes from now on, until cancelled. A watcher that falls behind loses the oldest hints.</summary>
    public async IAsyncEnumerable<(Guid ConversationId, ConversationChange Change)> WatchAsync(
        Guid ownerId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<(Guid, ConversationChange)>(
            new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        var channels = _watchers.GetOrAdd(ownerId, _ => new());
        channels[channel] = 0;
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
                yield return change;
        }
        finally
        {
            // The owner's empty set stays: removing it would race with another page that has just got hold of it.
            channels.TryRemove(channel, out _);
        }
    }
}
