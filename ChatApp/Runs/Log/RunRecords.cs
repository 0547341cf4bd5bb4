using System.Text;
using System.Text.Json;
using ChatApp.Data.Entities;

namespace ChatApp.Runs.Log;

/// <summary>What the first commit of a run stores besides its first event: everything or nothing.</summary>
/// <param name="UserMessage">Null where the run answers a question that is stored already.</param>
internal sealed record RunStart(
    Run Run,
    Conversation? NewConversation,
    Message? UserMessage,
    Message Answer,
    KeyTransfer? Key)
{
    /// <summary>Messages that stand before the question in a new conversation, parents first.</summary>
    public IReadOnlyList<Message> Transcript { get; init; } = [];

    /// <summary>Where the conversation must still end, else the run is refused with <see cref="BranchTakenException"/>; null where it does not matter.</summary>
    public BranchEnd? Follows { get; init; }

    /// <summary>Whether its conversation may still want a title of a model's when the run has ended.</summary>
    public bool WantsTitle { get; init; }

    /// <summary>What goes with the question.</summary>
    public IReadOnlyList<MessageAttachment> Attachments { get; init; } = [];
}

/// <param name="Leaf">The active leaf; null in an empty conversation.</param>
internal sealed record BranchEnd(Guid? Leaf);

/// <summary>Another run has begun in the conversation in the meantime: its answer would have been missing from what the model was asked.</summary>
internal sealed class BranchTakenException(Guid conversationId) : Exception($"Conversation {conversationId} does not end any more where this run was to follow.");

/// <summary>Takes an idempotency key, also from the run <paramref name="Replaces"/> or from whoever took it before <paramref name="ExpiredBefore"/>.</summary>
internal sealed record KeyTransfer(IdempotencyKey Key, DateTime ExpiredBefore, Guid? Replaces);

/// <summary>What the last commit of a run stores besides its last event. Text and reasoning come from the log itself.</summary>
/// <param name="Model">Address of the model that answered.</param>
internal sealed record RunEnd(
    RunStatus Status,
    string Model,
    string? FinishReason,
    RunError? Error,
    UsageData? Usage,
    decimal? Cost,
    DateTime At,
    DateTime? FirstTokenAt)
{
    /// <summary>What the answer cost its owner; null where it was not metered.</summary>
    public int? Points { get; init; }

    public static readonly RunError NotStored = new("storage_unavailable", "The server could not store the rest of this answer. What had arrived is kept; try again for a whole one.");

    /// <summary>Its place is taken by this one where the rest of the answer can't be stored.</summary>
    /// <returns>With the data of its event.</returns>
    public (RunEnd End, string Data) CutShort()
    {
        string failed = nameof(RunStatus.Failed).ToLowerInvariant();
        return (
            this with { Status = RunStatus.Failed, FinishReason = null, Error = NotStored, Points = null },
            JsonSerializer.Serialize(new RunFinishedData(failed, failed, NotStored), RunEventJson.Default.RunFinishedData));
    }

    public MessageStatus MessageStatus => Status switch
    {
        RunStatus.Completed => MessageStatus.Completed,
        RunStatus.Cancelled => MessageStatus.Cancelled,
        RunStatus.Interrupted => MessageStatus.Interrupted,
        _ => MessageStatus.Failed,
    };
}

/// <summary>The answer that a log adds up to.</summary>
/// <param name="Reasoning">Null when the model thought nothing aloud.</param>
/// <param name="ToolCalls">What it called, in order.</param>
internal sealed record RunTranscript(string Text, string? Reasoning, IReadOnlyList<ToolCall> ToolCalls)
{
    /// <summary>Joins the deltas; blocks of one kind are separated by a blank line.</summary>
    /// <param name="onUnreadable">Called for the first event that can't be read, at which the transcript then ends; null to throw.</param>
    public static RunTranscript Of(IEnumerable<RunEvent> events, Action<Exception>? onUnreadable = null)
    {
        var answer = new Builder();
        try
        {
            foreach (var e in events)
                answer.Add(e);
        }
        catch (Exception e) when (onUnreadable != null)
        {
            onUnreadable(e);
        }
        return answer.Build();
    }

    private sealed class Builder
    {
        private readonly StringBuilder _text = new();
        private readonly ToolCallCollector _calls = new();
        private readonly Dictionary<int, StringBuilder?> _kinds = [];
        private StringBuilder? _reasoning;

        public void Add(RunEvent e)
        {
            if (e.Kind == RunEventKind.BlockStarted)
            {
                var target = e.ReadBlockStarted().Kind switch
                {
                    BlockStartedData.Text => _text,
                    BlockStartedData.Reasoning => _reasoning ??= new(),
                    _ => null,
                };
                if (target is { Length: > 0 })
                    target.Append("\n\n");
                else if (target == null)
                    _calls.Apply(e);
                _kinds[e.Block] = target;
            }
            else if (e.Kind == RunEventKind.BlockDelta && _kinds[e.Block] is { } target)
            {
                target.Append(e.Data);
            }
            else
            {
                _calls.Apply(e);
            }
        }

        public RunTranscript Build() => new(_text.ToString(), _reasoning?.ToString(), _calls.Calls);
    }
}
