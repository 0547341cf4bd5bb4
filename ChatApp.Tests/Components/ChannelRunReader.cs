using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ChatApp.Runs;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>A run whose events the test gives out one by one.</summary>
internal sealed class ChannelRunReader : IRunReader
{
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seq;
    private long _handled;

    public List<(Guid RunId, long AfterSeq)> Reads { get; } = [];

    /// <summary>Completes when the reading was cancelled.</summary>
    public Task Stopped => _stopped.Task;

    public async IAsyncEnumerable<RunEvent> ReadAsync(
        Guid runId, long afterSeq, TimeSpan? idleAfter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Reads.Add((runId, afterSeq));
        using var registration = cancellationToken.Register(_stopped.SetResult);
        await foreach (var e in _events.Reader.ReadAllAsync(cancellationToken))
        {
            yield return e;
            lock (_gate)
            {
                _handled = e.Seq;
                _taken.TrySetResult();
            }
            if (e.Kind == RunEventKind.RunFinished)
                yield break;
        }
    }

    /// <summary>Waits until the component has taken in everything that was given out.</summary>
    public async Task TakenAsync()
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_handled == _seq)
                    return;
                _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
                next = _taken.Task;
            }
            await next.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    public void Open(int block, string kind) => Write(RunEventKind.BlockStarted, block, $$"""{"kind":"{{kind}}"}""");

    public void OpenTool(int block, string callId, string name) =>
        Write(RunEventKind.BlockStarted, block, $$"""{"kind":"tool_call","call_id":"{{callId}}","name":"{{name}}"}""");

    public void ToolResult(string callId, string result) =>
        Write(RunEventKind.ToolResult, 0, $$"""{"call_id":"{{callId}}","result":"{{result}}","is_error":false}""");

    public void Delta(int block, string text) => Write(RunEventKind.BlockDelta, block, text);

    public void Finish(string status, string reason) => Write(RunEventKind.RunFinished, 0, $$"""{"status":"{{status}}","finish_reason":"{{reason}}"}""");

    public void Break(Exception error) => _events.Writer.Complete(error);

    private void Write(RunEventKind kind, int block, string data)
    {
        lock (_gate)
            Assert.True(_events.Writer.TryWrite(new RunEvent(++_seq, kind, block, data)));
    }
}
