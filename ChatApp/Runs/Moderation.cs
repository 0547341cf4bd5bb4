using System.Text.Json;
using ChatApp.Runs.Log;

namespace ChatApp.Runs;

/// <summary>What an agent is to judge before another one answers.</summary>
/// <param name="Agent">Slug of the agent that judges.</param>
/// <param name="Input">What the person said.</param>
internal sealed record ModerationQuestion(string Agent, string Input);

/// <summary>
/// Has an agent judge a question before it is answered. It fails open: a judge that can't be asked or can't be understood holds
/// up nobody, and is logged under the run's id.
/// </summary>
internal sealed partial class Moderation(AgentCalls calls, ILogger<Moderation> logger)
{
    private const int MaxReason = 500;

    /// <summary>Why the question must not be answered; null where it may be, or where nobody knows.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped meanwhile.</exception>
    public async Task<string?> FindViolationAsync(ModerationQuestion question, LiveRun run, CancellationToken cancellationToken)
    {
        try
        {
            string answer = await calls.AskAsync(
                new AgentQuestion(question.Agent, "moderation", question.Input) { RunId = run.Id, Conversation = (run.ConversationId, run.OwnerId) }, cancellationToken);
            return ReasonIn(answer);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogNotModerated(run.Id, question.Agent, e);
            return null;
        }
    }

    /// <summary>Reads <c>{"allowed":bool,"reason":string}</c>, also from between code fences or words.</summary>
    /// <exception cref="FormatException">There is no such object.</exception>
    private static string? ReasonIn(string answer)
    {
        int start = answer.IndexOf('{', StringComparison.Ordinal), end = answer.LastIndexOf('}');
        if (start < 0 || end < start)
            throw new FormatException("The answer has no JSON object.");
        using var json = JsonDocument.Parse(answer.AsMemory(start, end - start + 1));
        if (!json.RootElement.TryGetProperty("allowed", out var allowed) || allowed.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw new FormatException("The answer does not say whether it is allowed.");
        if (allowed.GetBoolean())
            return null;
        string? reason = json.RootElement.TryGetProperty("reason", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()!.Trim() : null;
        return string.IsNullOrEmpty(reason) ? "The message is not allowed." : reason[..Math.Min(reason.Length, MaxReason)];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} was not moderated by agent {Agent} and goes on.")]
    private partial void LogNotModerated(Guid runId, string agent, Exception e);
}
