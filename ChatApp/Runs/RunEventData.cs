using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatApp.Runs;

/// <summary>Data of <see cref="RunEventKind.RunStarted"/>.</summary>
/// <param name="Agent">Slug of the agent that answers.</param>
/// <param name="Model">Address <c>provider/model</c>.</param>
public sealed record RunStartedData(Guid RunId, Guid ConversationId, Guid UserMessageId, Guid MessageId, string Agent, string Model);

/// <summary>Data of <see cref="RunEventKind.RunQueued"/>.</summary>
/// <param name="Position">Place in the queue when it entered it, from 1.</param>
public sealed record RunQueuedData(int Position);

/// <summary>Data of <see cref="RunEventKind.ModelChanged"/>.</summary>
/// <param name="Model">Address <c>provider/model</c> of the one that answers now.</param>
/// <param name="Cause">For a person: why the one before did not.</param>
public sealed record ModelChangedData(string Model, string Cause);

/// <summary>Data of <see cref="RunEventKind.BlockStarted"/>.</summary>
/// <param name="Kind">text, reasoning or tool_call; the deltas of the last are its arguments, JSON as the model wrote it.</param>
/// <param name="CallId">The tool call's id; null for the other kinds.</param>
/// <param name="Name">The tool's name; null for the other kinds.</param>
public sealed record BlockStartedData(string Kind, string? CallId = null, string? Name = null)
{
    public const string Text = "text";
    public const string Reasoning = "reasoning";
    public const string ToolCall = "tool_call";
}

/// <summary>Data of <see cref="RunEventKind.ToolResult"/>.</summary>
/// <param name="Result">At most <see cref="MaxLength"/> characters, and an ellipsis where there was more.</param>
/// <param name="IsError">Whether the tool failed; then the result is its message.</param>
public sealed record ToolResultData(string CallId, string Result, bool IsError)
{
    /// <summary>UTF-16 units: as JSON, each up to six bytes, it must fit into one chunk of the log.</summary>
    public const int MaxLength = 8000;
}

/// <summary>Data of <see cref="RunEventKind.Usage"/>. Counts are tokens.</summary>
/// <param name="Estimated">True where the provider reported nothing and the counts are ours.</param>
public sealed record UsageData(long InputTokens, long OutputTokens, long CachedInputTokens = 0, long ReasoningTokens = 0, bool Estimated = false);

/// <summary>Data of <see cref="RunEventKind.RunFinished"/>.</summary>
/// <param name="Status">completed, failed, cancelled or interrupted.</param>
/// <param name="FinishReason">stop, length, content_filter or tool_calls for completed runs; else the status.</param>
/// <param name="Error">Null for completed and cancelled runs.</param>
public sealed record RunFinishedData(string Status, string FinishReason, RunError? Error = null);

/// <summary>Why a run failed.</summary>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="Message">A sentence for a person.</param>
public sealed record RunError(string Code, string Message);

/// <summary>The JSON of event data: snake_case, nulls left out. Stored in the log and sent by the native API as it is.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunStartedData))]
[JsonSerializable(typeof(RunQueuedData))]
[JsonSerializable(typeof(ModelChangedData))]
[JsonSerializable(typeof(BlockStartedData))]
[JsonSerializable(typeof(ToolResultData))]
[JsonSerializable(typeof(IReadOnlyList<ToolCall>))]
[JsonSerializable(typeof(UsageData))]
[JsonSerializable(typeof(RunFinishedData))]
internal sealed partial class RunEventJson : JsonSerializerContext;

/// <summary>Reads the JSON of an event's data.</summary>
public static class RunEventData
{
    public static RunStartedData ReadRunStarted(this RunEvent e) => Read(e, RunEventJson.Default.RunStartedData);

    public static RunQueuedData ReadRunQueued(this RunEvent e) => Read(e, RunEventJson.Default.RunQueuedData);

    public static ModelChangedData ReadModelChanged(this RunEvent e) => Read(e, RunEventJson.Default.ModelChangedData);

    public static BlockStartedData ReadBlockStarted(this RunEvent e) => Read(e, RunEventJson.Default.BlockStartedData);

    public static ToolResultData ReadToolResult(this RunEvent e) => Read(e, RunEventJson.Default.ToolResultData);

    public static UsageData ReadUsage(this RunEvent e) => Read(e, RunEventJson.Default.UsageData);

    public static RunFinishedData ReadRunFinished(this RunEvent e) => Read(e, RunEventJson.Default.RunFinishedData);

    private static T Read<T>(RunEvent e, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(e.Data, type) ?? throw new JsonException($"Event {e.Seq} has no data.");
}
