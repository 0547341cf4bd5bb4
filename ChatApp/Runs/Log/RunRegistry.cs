using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ChatApp.Conversations;
using ChatApp.Data;

namespace ChatApp.Runs.Log;

/// <summary>The runs of this process, executing or waiting for their turn.</summary>
internal sealed class RunRegistry(ConversationFeed feed, RunSlots slots)
{
    private readonly ConcurrentDictionary<Guid, (LiveRun Run, RunSlot Slot)> _runs = new();

    public IEnumerable<LiveRun> All => _runs.Select(r => r.Value.Run);

    public bool IsEmpty => _runs.IsEmpty;

    /// <summary>Adds a run that is about to start.</summary>
    public void Add(LiveRun run, RunSlot slot) => _runs[run.Id] = (run, slot);

    public bool TryGet(Guid id, [NotNullWhen(true)] out LiveRun? run)
    {
        bool found = _runs.TryGetValue(id, out var entry);
        run = entry.Run;
        return found;
    }

    /// <summary>The run's place in the queue, from 1; null when it does not wait.</summary>
    public int? PositionOf(Guid id) => _runs.TryGetValue(id, out var entry) ? slots.PositionOf(entry.Slot) : null;

    /// <summary>Called when the run's last event is durable and nobody knows it yet: others may have its place in the line.</summary>
    public void Free(LiveRun run)
    {
        if (_runs.TryGetValue(run.Id, out var entry))
            slots.Free(entry.Slot);
    }

    /// <summary>Called when the run's last event is durable, or when it is given up: from then on the database answers for it.</summary>
    public void Remove(LiveRun run)
    {
        if (!_runs.TryRemove(run.Id, out var entry))
            return;
        slots.Release(entry.Slot);
        feed.Publish(run.OwnerId, run.ConversationId, ConversationChange.Updated);
    }
}
