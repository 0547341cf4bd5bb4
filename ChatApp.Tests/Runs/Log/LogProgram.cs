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
    FailCommits,
    Crash,
}

/// <summary>One step of a random program. What <paramref name="Target"/> and <paramref name="Size"/> mean depends on the operation.</summary>
internal sealed record LogStep(LogOp Op, int Target, int Size);

/// <summary>
/// Carries out a program against the real log and holds it to its promises: each reader gets a gapless sequence without
/// repetition, the same as every other reader, that ends in the one terminal event; nothing that was seen is ever lost.
/// </summary>
internal sealed class LogProgram : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly LogDirectory _directory = new();
    private readonly List<TrackedRun> _runs = [];
    private readonly List<Task> _readers = [];
    private readonly ConcurrentQueue<string> _broken = [];
    private LogProcess _process = null!;

    /// <returns>What was broken; empty when all promises held.</returns>
    public static async Task<IReadOnlyCollection<string>> RunAsync(IEnumerable<LogStep> steps)
    {
        await using var program = new LogProgram();
        program._process = await LogProcess.StartAsync(program._directory);
        foreach (var step in steps)
            await program.StepAsync(step);
        await program.EndAsync();
        return program._broken;
    }

    private async Task StepAsync(LogStep step)
    {
        var run = _runs.Count == 0 ? null : _runs[step.Target % _runs.Count];
        switch (step.Op)
        {
            case LogOp.Begin:
                _runs.Add(new TrackedRun(_process, _process.Begin()));
                break;
            case LogOp.Append when run is { IsGoing: true } && run.Process == _process:
                await run.AppendAsync(TextOf(step));
                break;
            case LogOp.Read when run != null:
                // From behind what was seen by somebody: a seq that nobody can know is no place to resume from.
                _readers.Add(ReadAsync(_process, run, step.Size % (run.Seen.Count + 1), step.Target % 3 == 0 ? step.Size : int.MaxValue));
                break;
            case LogOp.Finish when run is { IsGoing: true } && run.Process == _process:
                run.Finish();
                break;
            case LogOp.FailCommits:
                _process.Log.FailCommits(1);
                break;
            case LogOp.Crash:
                await _process.CrashAsync();
                await _process.DisposeAsync();
                _process = await LogProcess.StartAsync(_directory);
                break;
        }
    }

    private async Task EndAsync()
    {
        foreach (var run in _runs.Where(r => r.Process == _process))
        {
            run.Finish();
            await run.EndedAsync().WaitAsync(Deadline);
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
        catch (Exception e) when (e is OperationCanceledException or RunLostException or KeyNotFoundException)
        {
            // Its process has died, or the run was refused: what it has seen counts all the same.
        }
    }

    private async Task CheckAsync(TrackedRun run)
    {
        var stored = new List<RunEvent>();
        var row = await _directory.QueryAsync(db => db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == run.Id));
        if (row == null)
        {
            if (!run.Seen.IsEmpty)
                _broken.Enqueue($"a run was lost of which {run.Seen.Count} events had been seen");
            return;
        }
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
        string text = string.Concat(stored.Where(e => e.Kind == RunEventKind.BlockDelta).Select(e => e.Data));
        bool isWhole = row.Status == RunStatus.Completed;
        if (isWhole ? text != run.Appended : !run.Appended.StartsWith(text, StringComparison.Ordinal))
            _broken.Enqueue($"the log's text is not {(isWhole ? "" : "the beginning of ")}what was appended");
        string content = await _directory.QueryAsync(db => db.Messages.Where(m => m.Id == row.MessageId).Select(m => m.Content).SingleAsync());
        if (content != text)
            _broken.Enqueue("the message differs from its log");
    }

    private static string TextOf(LogStep step)
    {
        ReadOnlySpan<string> pieces = ["a", "é", "日本", "🙂", "\r\n", "\"\\", " ", "\uFFFD"];
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

    private sealed class TrackedRun(LogProcess process, LiveRun live)
    {
        private readonly StringBuilder _appended = new();

        public Guid Id => live.Id;
        public LogProcess Process => process;
        public bool IsGoing { get; private set; } = true;
        public string Appended => _appended.ToString();
        public ConcurrentDictionary<long, RunEvent> Seen { get; } = new();

        public async Task AppendAsync(string text)
        {
            try
            {
                // As the executor does, which waits for the first commit before it calls the provider.
                await live.Started.WaitAsync(Deadline);
                await live.AppendDeltaAsync(0, text).AsTask().WaitAsync(Deadline);
                _appended.Append(text);
            }
            catch (Exception e) when (e is RunLostException || live.Started.IsFaulted)
            {
                IsGoing = false;
            }
        }

        public void Finish()
        {
            if (IsGoing)
                LogProcess.Finish(live);
            IsGoing = false;
        }

        public async Task EndedAsync()
        {
            await Task.WhenAny(live.Ended, live.Started.ContinueWith(_ => live.Ended, TaskScheduler.Default).Unwrap());
        }
    }
}
