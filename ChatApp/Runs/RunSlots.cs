using ChatApp.Data;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>
/// Admission: so many runs execute at once, per person and in all; so many more wait for their turn, first come, first
/// served among those whose person has a free slot; beyond that a run is refused.
/// </summary>
internal sealed class RunSlots(IOptions<RunOptions> options)
{
    private readonly RunOptions _options = options.Value;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Holdings> _owners = [];
    private readonly LinkedList<RunSlot> _waiting = [];
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _executing;
    private int _unreleased;
    private bool _closed;

    /// <summary>Takes a slot, or a place in the queue.</summary>
    /// <exception cref="RequestProblem">429: both are full for this person, or for everybody. 503: the process ends.</exception>
    public RunSlot Take(Guid ownerId)
    {
        lock (_gate)
        {
            if (_closed)
                throw new RequestProblem(503, "shutting_down", "The server is restarting. Try again in a few seconds.") { RetryAfter = TimeSpan.FromSeconds(5) };
            var owner = _owners.TryGetValue(ownerId, out var known) ? known : _owners[ownerId] = new Holdings();
            bool free = _executing < _options.MaxConcurrent && owner.Executing < _options.MaxConcurrentPerUser;
            if (!free && (owner.Waiting >= _options.MaxQueuedPerUser || _waiting.Count >= _options.MaxQueued))
            {
                bool isPersonal = owner.Executing >= _options.MaxConcurrentPerUser;
                Forget(ownerId, owner);
                throw Refused(isPersonal);
            }
            var slot = new RunSlot(ownerId);
            _unreleased++;
            if (free)
                Grant(slot, owner);
            else
            {
                owner.Waiting++;
                slot.Place = _waiting.AddLast(slot);
            }
            return slot;
        }
    }

    /// <summary>Gives no more slots; those that were given, and the queue, stay.</summary>
    /// <returns>Ends when all have been given back, also by runs that were only about to start.</returns>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            SignalIfEmptied();
        }
        return _emptied.Task;
    }

    /// <summary>
    /// Lets others have the place of a run that is over, before anybody is told: whoever hears of the end may send at once. It is
    /// still to be released.
    /// </summary>
    public void Free(RunSlot slot)
    {
        lock (_gate)
            FreeOnce(slot);
    }

    /// <summary>Gives a slot or a place in the queue back. Once per slot.</summary>
    public void Release(RunSlot slot)
    {
        lock (_gate)
        {
            FreeOnce(slot);
            _unreleased--;
            SignalIfEmptied();
        }
    }

    /// <summary>Place in the queue, from 1; null when it does not wait.</summary>
    public int? PositionOf(RunSlot slot)
    {
        lock (_gate)
        {
            int position = 1;
            for (var place = slot.Place?.Previous; place != null; place = place.Previous)
                position++;
            return slot.Place == null ? null : position;
        }
    }

    private void FreeOnce(RunSlot slot)
    {
        if (slot.IsFree)
            return;
        slot.IsFree = true;
        var owner = _owners[slot.OwnerId];
        if (slot.Place is { } place)
        {
            _waiting.Remove(place);
            slot.Place = null;
            owner.Waiting--;
        }
        else
        {
            _executing--;
            owner.Executing--;
        }
        Forget(slot.OwnerId, owner);
        for (var next = _waiting.First; next != null && _executing < _options.MaxConcurrent;)
        {
            var (candidate, after) = (next.Value, next.Next);
            owner = _owners[candidate.OwnerId];
            if (owner.Executing < _options.MaxConcurrentPerUser)
            {
                _waiting.Remove(next);
                owner.Waiting--;
                Grant(candidate, owner);
            }
            next = after;
        }
    }

    private void Grant(RunSlot slot, Holdings owner)
    {
        _executing++;
        owner.Executing++;
        slot.Place = null;
        slot.Granted.SetResult();
    }

    private void SignalIfEmptied()
    {
        if (_closed && _unreleased == 0)
            _emptied.TrySetResult();
    }

    private void Forget(Guid ownerId, Holdings owner)
    {
        if (owner is { Executing: 0, Waiting: 0 })
            _owners.Remove(ownerId);
    }

    private RequestProblem Refused(bool isPersonal)
    {
        int quota = isPersonal ? _options.MaxConcurrentPerUser + _options.MaxQueuedPerUser : _options.MaxConcurrent + _options.MaxQueued;
        return new RequestProblem(429, "too_many_runs", isPersonal
            ? $"You have {quota} answers in the making or waiting; no more fit. Wait for one to finish and try again."
            : "The server is writing as many answers as it can. Try again in a moment.")
        {
            RetryAfter = TimeSpan.FromSeconds(2),
            Limit = new RequestLimit("runs", quota, Remaining: 0),
        };
    }

    private sealed class Holdings
    {
        public int Executing { get; set; }
        public int Waiting { get; set; }
    }
}

/// <summary>A run's right to execute, now or in its turn.</summary>
internal sealed class RunSlot(Guid ownerId)
{
    public Guid OwnerId => ownerId;

    /// <summary>Its place in the queue; null once it executes. Guarded by the gate of <see cref="RunSlots"/>.</summary>
    internal LinkedListNode<RunSlot>? Place { get; set; }

    /// <summary>Whether others have its place already. Guarded by the same gate.</summary>
    internal bool IsFree { get; set; }

    internal TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is the run's turn.</summary>
    public Task Turn => Granted.Task;
}
