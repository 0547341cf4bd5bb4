using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ChatApp.Conversations;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs.Log;

/// <summary>The runs that execute in this process, and the limits on their number.</summary>
internal sealed class RunRegistry(ConversationFeed feed, IOptions<RunOptions> options)
{
    private readonly ConcurrentDictionary<Guid, LiveRun> _runs = new();
    private readonly Dictionary<Guid, int> _perOwner = [];
    private int _count;

    public IEnumerable<LiveRun> All => _runs.Select(r => r.Value);

    public bool IsEmpty => _runs.IsEmpty;

    /// <summary>Adds a run that is about to start.</summary>
    /// <returns>False when the person, or the process, has as many as it may have.</returns>
    public bool TryAdd(LiveRun run)
    {
        lock (_perOwner)
        {
            int ofOwner = _perOwner.GetValueOrDefault(run.OwnerId);
            if (_count >= options.Value.MaxConcurrent || ofOwner >= options.Value.MaxConcurrentPerUser)
                return false;
            _count++;
            _perOwner[run.OwnerId] = ofOwner + 1;
        }
        _runs[run.Id] = run;
        return true;
    }

    public bool TryGet(Guid id, [NotNullWhen(true)] out LiveRun? run) => _runs.TryGetValue(id, out run);

    /// <summary>Called when the run's last event is durable, or when it is given up: from then on the database answers for it.</summary>
    public void Remove(LiveRun run)
    {
        if (!_runs.TryRemove(run.Id, out _))
            return;
        lock (_perOwner)
        {
            _count--;
            if (--_perOwner[run.OwnerId] == 0)
                _perOwner.Remove(run.OwnerId);
        }
        feed.Publish(run.OwnerId, run.ConversationId, ConversationChange.Updated);
    }
}
