using System.Text;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Runs;

/// <summary>A tool call of an answer, as far as it has come.</summary>
/// <param name="Arguments">JSON as the model wrote it; while it writes, a part of it.</param>
/// <param name="Result">Null while the tool works, or where nobody ran it.</param>
/// <param name="IsError">Whether the tool failed; then the result is its message.</param>
public sealed record ToolCall(string Id, string Name, string Arguments, string? Result, bool IsError);

/// <summary>Collects the tool calls of a run from its events.</summary>
public sealed class ToolCallCollector
{
    private readonly List<Part> _calls = [];
    private readonly Dictionary<int, Part> _byBlock = [];
    private IReadOnlyList<ToolCall>? _snapshot = [];

    /// <summary>In the order in which they began. The same list until another one changes it.</summary>
    public IReadOnlyList<ToolCall> Calls =>
        _snapshot ??= _calls.ConvertAll(c => new ToolCall(c.Id, c.Name, c.Arguments.ToString(), c.Result?.Result, c.Result?.IsError ?? false));

    /// <summary>Takes in an event; those that belong to no tool call change nothing.</summary>
    public void Apply(RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKind.BlockStarted when e.ReadBlockStarted() is { Kind: BlockStartedData.ToolCall } started:
                _calls.Add(_byBlock[e.Block] = new Part(started.CallId ?? "", started.Name ?? ""));
                _snapshot = null;
                break;
            case RunEventKind.BlockDelta when _byBlock.TryGetValue(e.Block, out var call):
                call.Arguments.Append(e.Data);
                _snapshot = null;
                break;
            case RunEventKind.ToolResult when e.ReadToolResult() is var result && _calls.FindLast(c => c.Id == result.CallId) is { } called:
                called.Result = result;
                _snapshot = null;
                break;
        }
    }

    private sealed class Part(string id, string name)
    {
        public string Id { get; } = id;
        public string Name { get; } = name;
        public StringBuilder Arguments { get; } = new();
        public ToolResultData? Result { get; set; }
    }
}

/// <summary>
/// The tool calls of answers that have ended. They are kept with the message: the run's events, in which they came, are deleted
/// after a while.
/// </summary>
internal sealed class ToolCalls(IDbContextFactory<ChatDbContext> databases)
{
    /// <summary>What the caller's answer called; empty when it called nothing, or is not the caller's.</summary>
    public async Task<IReadOnlyList<ToolCall>> ReadAsync(CurrentUser caller, Guid messageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return Read(await (
            from message in db.Messages
            join conversation in db.Conversations on message.ConversationId equals conversation.Id
            where message.Id == messageId && conversation.OwnerId == caller.Id
            select message.ToolCalls).SingleOrDefaultAsync(cancellationToken)) ?? [];
    }

    /// <summary>As a message keeps them; null for none.</summary>
    internal static string? Write(IReadOnlyList<ToolCall> calls) =>
        calls.Count == 0 ? null : JsonSerializer.Serialize(calls, RunEventJson.Default.IReadOnlyListToolCall);

    /// <summary>From what a message keeps; null for none.</summary>
    internal static IReadOnlyList<ToolCall>? Read(string? stored) =>
        stored == null ? null : JsonSerializer.Deserialize(stored, RunEventJson.Default.IReadOnlyListToolCall);
}
