namespace ChatApp.Runs.Log;

/// <summary>
/// The log of one run that executes in this process. Three parties share it: the executor appends, the one
/// <see cref="RunLogWriter"/> drains and commits, readers follow by cursor. An event gets its seq when it is drained and
/// becomes readable only after its commit.
/// </summary>
internal sealed partial class LiveRun(RunLogWriter writer, RunStart start)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private PendingEvents _pending = new();
    private bool _queued;
    private RunEnd? _end;
    private RunLogView _published;
    private List<RunCursor> _waiting = [];
    private Exception? _lost;
    private Exception? _stalled;
    private Exception? _cutShort;
    private TaskCompletionSource? _room;

    // The writer's thread only.
    private readonly RunEventBuffer _log = new();
    private PendingEvents _spare = new();
    private List<RunCursor> _woken = [];
    private RunStart? _start = start;
    private Exception? _refusal;
    private bool _isStored;
    private bool _settles;
    private RunLogPosition _settled;

    public Guid Id { get; } = start.Run.Id;
    public Guid OwnerId { get; } = start.Run.OwnerId;
    public Guid ConversationId { get; } = start.Run.ConversationId;
    public Guid MessageId { get; } = start.Run.MessageId;
    public string Agent { get; } = start.Run.Agent;
    public string Model { get; } = start.Run.Model;
    public bool Metered { get; } = start.Run.Metered;
    public bool WantsTitle { get; } = start.WantsTitle;

    /// <summary>Writer: the first batch with events of this run that have not settled; null when there is none.</summary>
    public long? FirstBatch { get; private set; }

    /// <summary>Ends when the first commit has: faulted if it failed, and then nothing of the run is stored.</summary>
    public Task Started => _started.Task;

    /// <summary>Ends when the terminal event is durable; faulted if the database could not take it.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Appends without waiting for room: an event, or of long text several.</summary>
    public void Append(RunEventKind kind, int block, string data)
    {
        lock (_gate)
        {
            if (_cutShort != null)
                return;
            _pending.Add(kind, block, data);
            Enqueue();
        }
    }

    /// <summary>Appends text; what has not been drained yet of the same block becomes one event with it, up to a limit. Longer text becomes several.</summary>
    /// <returns>Completed, unless the database is so far behind that the provider should wait.</returns>
    /// <exception cref="RunLostException">The run can't be stored, for good or for too long. It can still be finished.</exception>
    public ValueTask AppendDeltaAsync(int block, string text)
    {
        lock (_gate)
        {
            if ((_lost ?? _cutShort ?? _stalled) is { } reason)
                throw new RunLostException(Id, reason);
            _pending.Add(RunEventKind.BlockDelta, block, text);
            Enqueue();
            if (_pending.Chars < MaxPendingChars)
                return ValueTask.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>Appends the terminal event. The first call wins.</summary>
    public void Finish(RunEnd end, string data)
    {
        lock (_gate)
        {
            if (_end != null)
                return;
            End(end, data);
        }
    }

    /// <summary>What ends after its text could not be stored has failed, whatever it was to be.</summary>
    private void End(RunEnd end, string data)
    {
        if (_cutShort != null)
            (end, data) = end.CutShort();
        _end = end;
        _pending.Add(RunEventKind.RunFinished, 0, data);
        Enqueue();
    }

    private void Enqueue()
    {
        if (_queued || _lost != null)
            return;
        _queued = true;
        writer.Enqueue(this);
    }

    /// <summary>Writer: stores what has been appended. What an earlier, failed commit had drained stands before it, unchanged.</summary>
    /// <remarks>Where it is stored twice without <see cref="Retry"/> in between, what was appended since keeps its place in the queue.</remarks>
    /// <returns>False when the run can't be stored (a constraint: its conversation is gone, its key is taken): then <see cref="Refuse"/> it.</returns>
    public bool Store(RunLogStatements sql)
    {
        RunEnd? end;
        lock (_gate)
        {
            // It was queued once more while its batch failed.
            if (_lost != null)
                return false;
            if (!_isStored)
            {
                _queued = false;
                (_pending, _spare) = (_spare, _pending);
            }
            end = _end;
        }
        _isStored = true;
        foreach (var pending in _spare.Events)
            _log.Add(pending.Kind, pending.Block, pending.Text);
        _spare.Clear();

        if (_start != null && !sql.TryInsertStart(_start, out _refusal))
            return false;
        FirstBatch ??= sql.Batch;
        _settles = HasEnded || sql.Batch - FirstBatch > SettleAfterBatches;
        if (HasEnded && !sql.TryFinish(this, end!, RunTranscript.Of(_log.View.Events())))
            return false;
        if (_settles)
            return sql.TrySettle(Id, _log.View, _settled);
        // Nothing where it was queued for what was then cut off.
        if (_log.View.Count > _published.Count)
            sql.Append(Id, _log.View, _published.End);
        return true;
    }

    /// <summary>Writer: whether what <see cref="Store"/> has stored so far holds the terminal event.</summary>
    public bool HasEnded => _log.View.HasEnded;

    /// <summary>Writer: the commit with what <see cref="Store"/> stored has succeeded; readers may see it.</summary>
    public void Publish()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            (_published, _stalled) = (_log.View, null);
            if (_settles)
                (_settled, FirstBatch) = (_published.End, null);
            (_waiting, _woken) = (_woken, _waiting);
            foreach (var cursor in _woken)
                cursor.IsRegistered = false;
            (room, _room) = (_room, null);
        }
        _isStored = false;
        foreach (var cursor in _woken)
            cursor.Signal(hasEvents: true);
        _woken.Clear();
        room?.SetResult();
        if (_start != null)
        {
            _start = null;
            _started.SetResult();
        }
        if (HasEnded)
            _ended.SetResult();
    }

    /// <summary>
    /// Writer: gives up what <see cref="Store"/> could not store. After the commit, so that whoever looks for the reason, such
    /// as the run that took the same idempotency key in this batch, finds it.
    /// </summary>
    public void Refuse() => Lose(_refusal ?? new InvalidOperationException($"Run {Id} was ended or deleted by someone else."));

    /// <summary>
    /// Writer: the commit has failed. A run that has not started yet is refused, so that its caller learns it at once;
    /// one that is going keeps what it has and is tried again.
    /// </summary>
    /// <returns>Whether it is to be tried again.</returns>
    public bool Retry(Exception reason)
    {
        if (_start != null)
        {
            Lose(reason);
            return false;
        }
        lock (_gate)
        {
            // The batch failed before it came to this run, which has left the queue all the same.
            _queued &= _isStored;
            Enqueue();
        }
        _isStored = false;
        return true;
    }

    /// <summary>
    /// Writer: what came since the last commit can't be stored, for a reason that is the run's own. That is cut off, and the run takes
    /// nothing more but its end, which is a failed one.
    /// </summary>
    /// <returns>False where nothing of it is stored, or its end can't be either: then <see cref="Lose"/> it.</returns>
    public bool TryCutShort(Exception reason)
    {
        if (_start != null || _cutShort != null)
            return false;
        TaskCompletionSource? room;
        lock (_gate)
        {
            _cutShort = reason;
            _pending.Clear();
            (room, _room) = (_room, null);
            // Its executor has said how it ends and waits for that; else it learns of it with its next text.
            if (_end is { } end)
                End(end, "");
        }
        _spare.Clear();
        _log.Rewind(_published);
        _isStored = false;
        room?.SetResult();
        return true;
    }

    /// <summary>
    /// Writer: no commit has succeeded for too long. The run takes no more text, so that it ends; what it has, its end
    /// included, is kept and stored when there is room again. Its readers go on waiting.
    /// </summary>
    public void Stall(Exception reason)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _stalled = reason;
            (room, _room) = (_room, null);
        }
        room?.SetResult();
    }

    /// <summary>Writer: the run can't be stored. Its readers fail, and can read on from the database later.</summary>
    public void Lose(Exception reason)
    {
        List<RunCursor> waiting;
        TaskCompletionSource? room;
        lock (_gate)
        {
            _lost = reason;
            (waiting, _waiting) = (_waiting, []);
            (room, _room) = (_room, null);
        }
        _started.TrySetException(reason);
        _ = _started.Task.Exception;      // observed: not everyone who starts a run is still waiting
        _ended.TrySetException(reason);
        _ = _ended.Task.Exception;
        room?.SetResult();
        foreach (var cursor in waiting)
            cursor.Fail(new RunLostException(Id, reason));
    }

    /// <summary>More than a provider sends during a commit; few enough that all runs together stay small while the database takes nothing.</summary>
    private const int MaxPendingChars = 64 * 1024;

    /// <summary>A run that goes on for longer settles now and then, so that old batches can be trimmed.</summary>
    private const int SettleAfterBatches = 10_000;
}
