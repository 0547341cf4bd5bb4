namespace ChatApp.Runs;

/// <summary>A run that has durably started, or, for a repeated idempotency key, the one that the first send started.</summary>
/// <param name="Attached">True where an earlier send with the same idempotency key had started it.</param>
public sealed record StartedRun(
    Guid RunId, Guid ConversationId, Guid UserMessageId, Guid MessageId, string Agent, string Model, bool Attached = false);

/// <summary>A run as its owner sees it.</summary>
/// <param name="QueuePosition">From 1; null unless it waits for its turn.</param>
public sealed record RunView(
    Guid Id, Guid ConversationId, Guid UserMessageId, Guid MessageId, string Agent, string Model,
    string Status, int? QueuePosition, string? FinishReason, RunError? Error, string Output, string? Reasoning, UsageData? Usage,
    DateTime CreatedAt, DateTime? FinishedAt)
{
    /// <summary>The tools that the model called, in order; null for none.</summary>
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
}

/// <summary>Where a run's log ends.</summary>
/// <param name="LastSeq">The terminal event's seq; <see cref="long.MaxValue"/> while the run is going; null when its events have been deleted.</param>
public sealed record RunLogEnd(long? LastSeq)
{
    public static readonly RunLogEnd Open = new(long.MaxValue);
}
