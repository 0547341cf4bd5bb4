using ChatApp.Identity;

namespace ChatApp.Runs;

/// <summary>A wish to have an agent answer. Every door builds one of these.</summary>
/// <param name="Caller">Whose conversation it is.</param>
/// <param name="Input">
/// What the person says: 1 to the limit in configuration UTF-16 units, not only white space. Null to have a stored question
/// answered once more, beside its earlier answers: <see cref="ParentMessageId"/> is the question, or an answer that broke off,
/// which the new one repeats and goes on from.
/// </param>
public sealed record RunRequest(CurrentUser Caller, string? Input)
{
    /// <summary>Continue this conversation; null starts a new one.</summary>
    public Guid? ConversationId { get; init; }

    /// <summary>The message to follow, or without an input the question to answer; null for the conversation's active leaf.</summary>
    public Guid? ParentMessageId { get; init; }

    /// <summary>Agent slug; null for the conversation's agent, else the default one.</summary>
    public string? Agent { get; init; }

    /// <summary>Model address <c>provider/model</c>; null for the agent's, else the default one.</summary>
    public string? Model { get; init; }

    /// <summary>A JSON object stored with the person's message; null for none.</summary>
    public string? Metadata { get; init; }

    /// <summary>Makes a repeated send attach to the first one's run; at most 200 characters.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>A run that has durably started, or, for a repeated idempotency key, the one that the first send started.</summary>
/// <param name="Attached">True where an earlier send with the same idempotency key had started it.</param>
public sealed record StartedRun(
    Guid RunId, Guid ConversationId, Guid UserMessageId, Guid MessageId, string Agent, string Model, bool Attached = false);

/// <summary>A run as its owner sees it.</summary>
/// <param name="QueuePosition">From 1; null unless it waits for its turn.</param>
public sealed record RunView(
    Guid Id, Guid ConversationId, Guid UserMessageId, Guid MessageId, string Agent, string Model,
    string Status, int? QueuePosition, string? FinishReason, RunError? Error, string Output, string? Reasoning, UsageData? Usage,
    DateTime CreatedAt, DateTime? FinishedAt);

/// <summary>Where a run's log ends.</summary>
/// <param name="LastSeq">The terminal event's seq; <see cref="long.MaxValue"/> while the run is going; null when its events have been deleted.</param>
public sealed record RunLogEnd(long? LastSeq)
{
    public static readonly RunLogEnd Open = new(long.MaxValue);
}
