namespace ChatApp.Data.Entities;

/// <summary>The state of a run. The last four are terminal and never change again.</summary>
public enum RunStatus
{
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
    Interrupted,
}

/// <summary>One answer being generated. It belongs to no connection; its events are in <see cref="RunEventChunk"/>s.</summary>
public sealed class Run
{
    public Guid Id { get; set; }
    public Guid OwnerId { get; set; }
    public Guid ConversationId { get; set; }
    public Guid UserMessageId { get; set; }

    /// <summary>The assistant's message that this run writes.</summary>
    public Guid MessageId { get; set; }

    public Guid? AgentRevisionId { get; set; }

    /// <summary>Whether it costs its owner points.</summary>
    public bool Metered { get; set; }

    /// <summary>Slug of the agent that answers.</summary>
    public required string Agent { get; set; }

    /// <summary>Address <c>provider/model</c> of the model that answers.</summary>
    public required string Model { get; set; }

    public RunStatus Status { get; set; }

    /// <summary>Why the model stopped: stop, length, content_filter, tool_calls; null unless completed.</summary>
    public string? FinishReason { get; set; }

    public string? ErrorCode { get; set; }

    /// <summary>A sentence for a person. Details are in the server's log under the run's id.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>The process that executes it. Null once the run has ended.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>Not used any more: one process at a time serves a database. Its index finds the runs that have not ended.</summary>
    public DateTime? LeaseExpiresAt { get; set; }

    /// <summary>When a person asked it to stop through a process that does not execute it; the one that does looks here.</summary>
    public DateTime? CancelRequestedAt { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>When the first visible token was durable; null before.</summary>
    public DateTime? FirstTokenAt { get; set; }

    public DateTime? FinishedAt { get; set; }

    /// <summary>What an archive said of it that this server can't vouch for, as JSON (Conversations.ImportedRun); null for a run of this server.</summary>
    public string? Imported { get; set; }
}

/// <summary>Consecutive events of a run's log, as stored. Key: run and first seq. Written by the run log only.</summary>
public sealed class RunEventChunk
{
    public Guid RunId { get; set; }

    /// <summary>Seq of its first event; the chunks of a run cover 1..n without gaps.</summary>
    public long FirstSeq { get; set; }

    public long LastSeq { get; set; }

    /// <summary>The events, as <c>Runs.Log.RunEventCodec</c> writes them.</summary>
    public required byte[] Data { get; set; }
}

/// <summary>What one run consumed. Written in the transaction that ends the run.</summary>
public sealed class UsageEntry
{
    public Guid RunId { get; set; }
    public Guid OwnerId { get; set; }
    public required string Agent { get; set; }
    public required string Model { get; set; }
    public long InputTokens { get; set; }
    public long OutputTokens { get; set; }
    public long CachedInputTokens { get; set; }
    public long ReasoningTokens { get; set; }

    /// <summary>Whether the tokens were estimated because the provider reported none.</summary>
    public bool Estimated { get; set; }

    /// <summary>US dollars; null where the model has no price.</summary>
    public decimal? Cost { get; set; }

    /// <summary>Points that it cost its owner; null where it was not metered.</summary>
    public int? Points { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>Remembers which run a caller's <c>Idempotency-Key</c> started, so that a repeated send attaches to it.</summary>
public sealed class IdempotencyKey
{
    public Guid OwnerId { get; set; }
    public required string Key { get; set; }

    /// <summary>SHA-256 of the request that first used the key.</summary>
    public required byte[] RequestHash { get; set; }

    public Guid RunId { get; set; }
    public DateTime CreatedAt { get; set; }
}
