namespace ChatApp.Runs;

/// <summary>What an event of a run's log says. Neutral to any wire format. The numbers are stored: never renumber.</summary>
public enum RunEventKind
{
    /// <summary>Always seq 1. Data: <see cref="RunStartedData"/>.</summary>
    RunStarted = 1,

    /// <summary>A block of the answer opens. Data: <see cref="BlockStartedData"/>.</summary>
    BlockStarted = 2,

    /// <summary>More of an open block. Data: the text itself.</summary>
    BlockDelta = 3,

    /// <summary>A block is whole. Data: empty.</summary>
    BlockEnded = 4,

    /// <summary>The result of a tool call. Data: <see cref="ToolResultData"/>.</summary>
    ToolResult = 5,

    /// <summary>What the run consumed so far. Data: <see cref="UsageData"/>.</summary>
    Usage = 6,

    /// <summary>Always last, exactly once. Data: <see cref="RunFinishedData"/>.</summary>
    RunFinished = 7,

    /// <summary>The run waits for its turn. Data: <see cref="RunQueuedData"/>.</summary>
    RunQueued = 8,

    /// <summary>Another model answers, because the one before failed before its first token. Data: <see cref="ModelChangedData"/>.</summary>
    ModelChanged = 9,
}

/// <summary>One durable event. Whoever holds one may rely on it surviving the process.</summary>
/// <param name="Seq">1..n without gaps within the run. 0 only for <see cref="Idle"/>.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Block">The block it belongs to, from 0; 0 for events that belong to none.</param>
/// <param name="Data">A delta's text, or JSON (see <see cref="RunEventData"/>).</param>
public sealed record RunEvent(long Seq, RunEventKind Kind, int Block, string Data)
{
    /// <summary>Not an event: tells a reader that asked for it that nothing has happened for its heartbeat interval.</summary>
    public static readonly RunEvent Idle = new(0, 0, 0, "");
}
