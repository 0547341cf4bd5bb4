using System.Collections.Concurrent;
using System.Text;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Tests.Runs.Log;

internal enum LogOp
{
    Begin,
    Append,
    Read,
    Finish,
    FailCall,
    Fill,
    MakeRoom,
    Crash,
}

/// <summary>One step of a random program. What <paramref name="Target"/> and <paramref name="Size"/> mean depends on the operation.</summary>
internal sealed record LogStep(LogOp Op, int Target, int Size);

/// <summary>
/// Carries out a program against the real log and holds it to its promises: each reader gets a gapless sequence without
/// repetition, the same as every other reader, that ends in the one terminal event; nothing that was seen or acknowledged is lost.
/// </summary>
internal sealed class LogProgram(int stretch) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private readonly LogDirectory _directory = new();
    private readonly List<TrackedRun> _runs = [];
    private readonly List<Task> _readers = [];
    private readonly ConcurrentQueue<string> _broken = [];
    private LogProcess _process = null!;

    /// <param name="stretch">See <see cref="FaultyLogDatabase"/>.</param>
    /// <returns>What was broken; empty when all promises held.</returns>
    public static async Task<IReadOnlyCollection<string>> RunAsync(IEnumerable<LogStep> steps, int stretch)
    {
        await using var program = new LogProgram(stretch);
        program._process = await LogProcess.StartAsync(program._directory, stretch);
        foreach (var step in steps)
            await program.StepAsync(step);
        await program.EndAsync();
        return program._broken;
    }

    private async Task StepAsync(LogStep step)
    {
        var run = _runs.Count == 0 ? null : _runs[step.Target % _runs.Count];
        var going = run is { IsGoing: true } && run.Process == _process ? run : null;
        switch (step.Op)
        {
            case LogOp.Begin:
                _runs.Add(new TrackedRun(_process, _process.Begin()));
                break;
            case LogOp.Append when going != null:
                await going.AppendAsync(step.Size % 7 == 0 ? BlockStartedData.Reasoning : BlockStartedData.Text, TextOf(step), Deadline);
                break;
            case LogOp.Read when run != null:
                // From behind what was seen by somebody: a seq that nobody can know is no place to resume from.
                int after = step.Size % (run.Seen.Count + 1), count = step.Target % 3 == 0 ? step.Size : int.MaxValue;
                _readers.Add(Task.Run(() => ReadAsync(_process, run, after, count)));
                break;
            case LogOp.Finish when going != null:
                going.Finish();
                break;
            case LogOp.FailCall:
                _process.Log.FailAfter(step.Size % 8);
                break;
            case LogOp.Fill:
                _process.Log.Fill();
                break;
            case LogOp.MakeRoom:
                _process.Log.MakeRoom();
                break;
            case LogOp.Crash:
                await _process.CrashAsync(afterCommit: step.Size % 2 == 0);
                _process = await LogProcess.StartAsync(_directory, stretch);
                break;
        }
    }

    private async Task EndAsync()
    {
        _process.Log.MakeRoom();
        foreach (var run in _runs.Where(r => r.Process == _process))
        {
            run.Finish();
            await run.WaitForEndAsync(Deadline);
        }
        await Task.WhenAll(_readers).WaitAsync(Deadline);
        foreach (var run in _runs)
            await CheckAsync(run);
    }

    private async Task ReadAsync(LogProcess process, TrackedRun run, long after, int count)
    {
        long next = after + 1;
        try
        {
            await foreach (var e in process.Reader.ReadAsync(run.Id, after, cancellationToken: process.Death))
            {
                if (e.Seq != next++)
                    _broken.Enqueue($"a reader after {after} got {e.Seq} in place of {next - 1}");
                if (run.Seen.GetOrAdd(e.Seq, e) != e)
                    _broken.Enqueue($"two readers saw different events {e.Seq}");
                if (--count <= 0)
                    return;
            }
            if (!run.Seen.TryGetValue(next - 1, out var last) || last.Kind != RunEventKind.RunFinished)
                _broken.Enqueue($"a reader's sequence ended with {next - 1}, which is no terminal event");
        }
        catch (Exception e) when (process.Death.IsCancellationRequested || (e is RunLostException or KeyNotFoundException && !run.IsAcknowledged))
        {
            // Its process has died, or the run was refused: what it has seen counts all the same.
        }
        catch (Exception e)
        {
            _broken.Enqueue($"a reader after {after} was given {e.GetType().Name}: {e.Message}");
        }
    }

    private async Task CheckAsync(TrackedRun run)
    {
        await using var db = await _directory.Databases.CreateDbContextAsync();
        var row = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == run.Id);
        if (row == null)
        {
            if (run.IsAcknowledged || !run.Seen.IsEmpty)
                _broken.Enqueue($"a run was lost that was {(run.IsAcknowledged ? "" : "not ")}acknowledged and of which {run.Seen.Count} events were seen");
            if (await db.Conversations.AnyAsync(c => c.Id == run.ConversationId) || await db.Messages.AnyAsync(m => m.ConversationId == run.ConversationId))
                _broken.Enqueue("a run was refused and half of it is stored");
            return;
        }
        var stored = new List<RunEvent>();
        using var deadline = new CancellationTokenSource(Deadline);
        await foreach (var e in _process.Reader.ReadAsync(run.Id, 0, cancellationToken: deadline.Token))
            stored.Add(e);
        if (!stored.Select(e => e.Seq).SequenceEqual(Enumerable.Range(1, stored.Count).Select(i => (long)i)))
            _broken.Enqueue("the stored seqs are not 1..n");
        if (stored.Count(e => e.Kind == RunEventKind.RunFinished) != 1 || stored[^1].Kind != RunEventKind.RunFinished || row.FinishedAt == null)
            _broken.Enqueue("the run does not end in one terminal event");
        foreach (var (seq, seen) in run.Seen)
        {
            if (seq > stored.Count || stored[(int)seq - 1] != seen)
                _broken.Enqueue($"event {seq} was seen and is not stored as it was seen");
        }
        bool isWhole = row.Status == RunStatus.Completed;
        if (run.Process == _process && !isWhole)
            _broken.Enqueue($"a run that was finished is {row.Status}");
        var message = await db.Messages.AsNoTracking().SingleAsync(m => m.Id == run.MessageId);
        if (isWhole ? message.Content != run.Text : !run.Text.StartsWith(message.Content, StringComparison.Ordinal))
            _broken.Enqueue($"the message is not {(isWhole ? "" : "the beginning of ")}what was appended: {message.Content} / {run.Text}");
        if (message.Content != TextOf(stored))
            _broken.Enqueue("the message differs from its log");
        if (await db.Usage.CountAsync(u => u.RunId == run.Id) != 1)
            _broken.Enqueue("the usage is not stored once with the end");
    }

    /// <summary>The text of a log, block by block.</summary>
    private static string TextOf(List<RunEvent> log) => string.Join("\n\n", log
        .Where(e => e.Kind == RunEventKind.BlockStarted && e.ReadBlockStarted().Kind == BlockStartedData.Text)
        .Select(started => string.Concat(log.Where(e => e.Kind == RunEventKind.BlockDelta && e.Block == started.Block).Select(e => e.Data))));

    private static string TextOf(LogStep step)
    {
        ReadOnlySpan<string> pieces = ["a", "é", "日本", "🙂", "\r\n", "\"\\", "\0", "\uD83D", "\uDE42", "\uFFFD"];
        var text = new StringBuilder();
        for (int i = 0; i <= step.Size; i++)
            text.Append(pieces[(step.Target + i) % pieces.Length]);
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
