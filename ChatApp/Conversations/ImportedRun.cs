using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatApp.Conversations;

/// <summary>
/// What an archive says of the run that wrote an answer. It is shown with the answer and exported again, and counts for nothing: it
/// was paid elsewhere, and nobody here can vouch for it. Stored as JSON in <see cref="Data.Entities.Run.Imported"/>.
/// </summary>
/// <param name="AgentRevision">1, 2, 3 … of the agent there.</param>
/// <param name="Calls">What the server there asked a model besides.</param>
public sealed record ImportedRun(int? AgentRevision, RunUsage? Usage, IReadOnlyList<RunCall>? Calls)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Null for null.</summary>
    public static ImportedRun? Read(string? stored) => stored is null ? null : JsonSerializer.Deserialize<ImportedRun>(stored, Json);

    /// <summary>As it is stored; null where it says nothing.</summary>
    public string? Write() =>
        AgentRevision is null && Usage is null && Calls is not [_, ..] ? null : JsonSerializer.Serialize(this, Json);
}

/// <summary>What a run used.</summary>
/// <param name="Estimated">Whether the tokens were estimated because the provider reported none.</param>
/// <param name="Cost">US dollars; null where the model had no price.</param>
/// <param name="Points">Points that it cost; null where it was not metered.</param>
public sealed record RunUsage(long InputTokens, long OutputTokens, long CachedInputTokens, long ReasoningTokens, bool Estimated, decimal? Cost, int? Points);

/// <summary>A question that a server itself asked a model for a run.</summary>
/// <param name="Status">pending, processing, completed or failed.</param>
/// <param name="Cost">US dollars; null where the model had no price.</param>
public sealed record RunCall(
    string Purpose, string Agent, string? Model, string Status, string? Error, long InputTokens, long OutputTokens, bool Estimated, decimal? Cost,
    DateTime CreatedAt, DateTime? FinishedAt);
