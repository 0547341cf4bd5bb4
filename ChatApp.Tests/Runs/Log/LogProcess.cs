using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatApp.Tests.Runs.Log;

/// <summary>The run log as one process has it: writer, registry, reader and reaper, wired as the application wires them.</summary>
internal sealed class LogProcess : IAsyncDisposable
{
    private readonly RunSlots _slots;
    private readonly RunRegistry _registry;
    private readonly RunLogWriter _writer;
    private readonly RunReaper _reaper;
    private readonly RunLease _lease = new();
    private readonly CancellationTokenSource _death = new();

    private LogProcess(LogDirectory directory)
    {
        var options = Options.Create(new RunOptions { MaxConcurrent = 1000, MaxConcurrentPerUser = 1000, CommitInterval = TimeSpan.Zero });
        Log = directory.OpenLog();
        _slots = new RunSlots(options);
        _registry = new RunRegistry(new ConversationFeed(), _slots);
        _writer = new RunLogWriter(Log, options, _registry, TimeProvider.System, NullLogger<RunLogWriter>.Instance);
        _reaper = new RunReaper(directory.Databases, _lease, TimeProvider.System, NullLogger<RunReaper>.Instance);
        Reader = new RunReader(_registry, directory.Databases, TimeProvider.System);
    }

    public FaultyLogDatabase Log { get; }

    public IRunReader Reader { get; }

    /// <summary>Cancelled when the process dies: its readers lose their connections then.</summary>
    public CancellationToken Death => _death.Token;

    public static async Task<LogProcess> StartAsync(LogDirectory directory)
    {
        var process = new LogProcess(directory);
        await process._writer.StartAsync(default);
        await process._reaper.ReapAsync(default);
        return process;
    }

    /// <summary>Queues the first commit of a run in a conversation of its own.</summary>
    public LiveRun Begin()
    {
        var at = TimeProvider.System.GetUtcNow().UtcDateTime;
        Guid conversationId = Guid.CreateVersion7(), questionId = Guid.CreateVersion7(), answerId = Guid.CreateVersion7();
        var run = new Run
        {
            Id = Guid.CreateVersion7(), OwnerId = LogDirectory.OwnerId, ConversationId = conversationId, UserMessageId = questionId, MessageId = answerId,
            Agent = "a", Model = "p/m", Status = RunStatus.Running, LeaseOwner = _lease.Owner, LeaseExpiresAt = at.AddMinutes(1), CreatedAt = at,
        };
        var live = new LiveRun(_writer, new RunStart(
            run,
            new Conversation { Id = conversationId, OwnerId = run.OwnerId, Title = "t", ActiveLeafId = answerId, CreatedAt = at, UpdatedAt = at },
            new Message { Id = questionId, ConversationId = conversationId, Role = MessageRole.User, Content = "q", CreatedAt = at },
            new Message
            {
                Id = answerId, ConversationId = conversationId, ParentId = questionId, Role = MessageRole.Assistant,
                Status = MessageStatus.Streaming, Content = "", RunId = run.Id, CreatedAt = at,
            },
            null));
        _registry.Add(live, _slots.Take(run.OwnerId));
        live.Append(RunEventKind.RunStarted, 0, JsonSerializer.Serialize(
            new RunStartedData(run.Id, conversationId, questionId, answerId, "a", "p/m"), RunEventJson.Default.RunStartedData));
        live.Append(RunEventKind.BlockStarted, 0, JsonSerializer.Serialize(new BlockStartedData(BlockStartedData.Text), RunEventJson.Default.BlockStartedData));
        return live;
    }

    public static void Finish(LiveRun run)
    {
        run.Append(RunEventKind.BlockEnded, 0, "");
        run.Finish(
            new RunEnd(RunStatus.Completed, "p/m", "stop", null, null, null, TimeProvider.System.GetUtcNow().UtcDateTime, null),
            JsonSerializer.Serialize(new RunFinishedData("completed", "stop"), RunEventJson.Default.RunFinishedData));
    }

    /// <summary>Ends the process as a kill does: what has not been committed is gone, and nobody hears of it.</summary>
    public async Task CrashAsync()
    {
        Log.Die();
        await _death.CancelAsync();
        await _writer.StopAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync(default);
        _writer.Dispose();
        _death.Dispose();
    }
}
