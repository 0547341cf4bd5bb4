using System.Text;
using ChatApp.Conversations;
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
    private readonly List<(int Block, string Id, string Name, StringBuilder Arguments, ToolResultData? Result)> _calls = [];

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<ToolCall> Calls => _calls.ConvertAll(c => new ToolCall(c.Id, c.Name, c.Arguments.ToString(), c.Result?.Result, c.Result?.IsError ?? false));

    /// <summary>Takes in an event; those that belong to no tool call change nothing.</summary>
    /// <returns>Whether it did.</returns>
    public bool Apply(RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKind.BlockStarted when e.ReadBlockStarted() is { Kind: BlockStartedData.ToolCall } started:
                _calls.Add((e.Block, started.CallId ?? "", started.Name ?? "", new StringBuilder(), null));
                return true;
            case RunEventKind.BlockDelta when _calls.FindLastIndex(c => c.Block == e.Block) is var at and >= 0:
                _calls[at].Arguments.Append(e.Data);
                return true;
            case RunEventKind.ToolResult:
                var result = e.ReadToolResult();
                if (_calls.FindLastIndex(c => c.Id == result.CallId) is var of and >= 0)
                    _calls[of] = _calls[of] with { Result = result };
                return true;
            default:
                return false;
        }
    }
}

/// <summary>The tool calls of answers that have ended, from their runs' logs; they are there as long as the events are kept.</summary>
internal sealed class ToolCalls(IDbContextFactory<ChatDbContext> databases, IRunReader reader, RunService runs)
{
    /// <summary>Those of the caller's runs that called a tool.</summary>
    public async Task<IReadOnlySet<Guid>> FindRunsAsync(CurrentUser caller, IReadOnlyList<Guid> runIds, CancellationToken cancellationToken)
    {
        if (runIds.Count == 0)
            return new HashSet<Guid>();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // The text of a log is in it as it is (RunEventCodec); what a reader takes for a call by mistake, such as these words in an answer, has none.
        var found = await (
            from chunk in db.RunEvents.FromSql($"SELECT * FROM run_events WHERE instr(data, CAST({Mark} AS BLOB)) > 0")
            join run in db.Runs on chunk.RunId equals run.Id
            where runIds.Contains(run.Id) && run.OwnerId == caller.Id
            select run.Id).Distinct().ToListAsync(cancellationToken);
        var imported = await db.Runs.Where(r => runIds.Contains(r.Id) && r.OwnerId == caller.Id && r.Imported!.Contains(ImportedRun.ToolCallsMark))
            .Select(r => r.Id).ToListAsync(cancellationToken);
        return found.Concat(imported).ToHashSet();
    }

    /// <summary>What the caller's run called; empty when it called nothing, or is not the caller's.</summary>
    public async Task<IReadOnlyList<ToolCall>> ReadAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        if (await ReadImportedAsync(caller, runId, cancellationToken) is { } imported)
            return [.. imported.Select(c => new ToolCall(c.Id, c.Name, c.Arguments, c.Result, c.IsError))];
        if (await runs.FindEndAsync(caller, runId, cancellationToken) is not { LastSeq: not null and not long.MaxValue })
            return [];
        var collector = new ToolCallCollector();
        await foreach (var e in reader.ReadAsync(runId, 0, cancellationToken: cancellationToken))
            collector.Apply(e);
        return collector.Calls;
    }

    /// <summary>Those of a run that has no log here, because an archive brought it; null for any other.</summary>
    private async Task<IReadOnlyList<RunToolCall>?> ReadImportedAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var stored = await db.Runs.Where(r => r.Id == runId && r.OwnerId == caller.Id).Select(r => r.Imported).SingleOrDefaultAsync(cancellationToken);
        return ImportedRun.Read(stored)?.ToolCalls;
    }

    private const string Mark = "\"kind\":\"tool_call\"";
}
