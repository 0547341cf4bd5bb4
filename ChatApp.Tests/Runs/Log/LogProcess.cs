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
    private readonly RunLogWriter _writer;
    private readonly RunReaper _reaper;
    private readonly RunLease _lease = new();
    private readonly CancellationTokenSource _death = new();

    private LogProcess(LogDirectory directory, int stretch, TimeProvider time)
    {
        var options = Options.Create(new RunOptions { MaxConcurrent = 10_000, MaxConcurrentPerUser = 10_000, CommitInterval = TimeSpan.Zero });
        Log = directory.OpenLog(stretch);
        _slots = new RunSlots(options);
        Registry = new RunRegistry(new ConversationFeed(), _slots);
        _writer = new RunLogWriter(Log, options, Registry, time, NullLogger<RunLogWriter>.Instance) { RetryPause = TimeSpan.FromMilliseconds(1) };
        _reaper = new RunReaper(directory.Databases, Log, Registry, _lease, TimeProvider.System, NullLogger<RunReaper>.Instance);
        Reader = new RunReader(Registry, directory.Databases, time);
    }

    public FaultyLogDatabase Log { get; }

    public RunRegistry Registry { get; }

    public IRunReader Reader { get; }

    /// <summary>Cancelled when the process dies: its readers lose their connections then.</summary>
    public CancellationToken Death => _death.Token;

    /// <param name="stretch">See <see cref="FaultyLogDatabase"/>.</param>
    /// <param name="time">The writer's and the readers' clock; null for the system's.</param>
    public static async Task<LogProcess> StartAsync(LogDirectory directory, int stretch = 1, TimeProvider? time = null)
    {
        var process = new LogProcess(directory, stretch, time ?? TimeProvider.System);
        await process._writer.StartAsync(default);
        await process._reaper.ReapAsync(default);
        return process;
    }

    /// <summary>As the housekeeping does now and then.</summary>
    public Task ReapAsync() => _reaper.ReapAsync(default);

    /// <summary>Queues the first commit of a run, in a conversation of its own or behind another run's answer.</summary>
    public LiveRun Begin(LiveRun? behind = null)
    {
        var at = TimeProvider.System.GetUtcNow().UtcDateTime;
        Guid conversationId = behind?.ConversationId ?? Guid.CreateVersion7(), questionId = Guid.CreateVersion7(), answerId = Guid.CreateVersion7();
        var run = new Run
        {
            Id = Guid.CreateVersion7(), OwnerId = LogDirectory.OwnerId, ConversationId = conversationId, UserMessageId = questionId, MessageId = answerId,
            Agent = "a", Model = "p/m", Status = RunStatus.Running, LeaseOwner = _lease.Owner, CreatedAt = at,
        };
        var live = new LiveRun(_writer, new RunStart(
            run,
            behind != null ? null : new Conversation { Id = conversationId, OwnerId = run.OwnerId, Title = "t", ActiveLeafId = answerId, CreatedAt = at, UpdatedAt = at },
            new Message { Id = questionId, ConversationId = conversationId, ParentId = behind?.MessageId, Role = MessageRole.User, Content = "q", CreatedAt = at },
            new Message
            {
                Id = answerId, ConversationId = conversationId, ParentId = questionId, Role = MessageRole.Assistant,
                Status = MessageStatus.Streaming, Content = "", RunId = run.Id, CreatedAt = at,
            },
            null)
        {
            Follows = behind == null ? null : new BranchEnd(behind.MessageId),
        });
        Register(live);
        live.Append(RunEventKind.RunStarted, 0, JsonSerializer.Serialize(
            new RunStartedData(run.Id, conversationId, questionId, answerId, "a", "p/m"), RunEventJson.Default.RunStartedData));
        return live;
    }

    /// <summary>Lets readers find the run in memory.</summary>
    public void Register(LiveRun run) => Registry.Add(run, _slots.Take(run.OwnerId));

    public static void Finish(LiveRun run) => run.Finish(
        new RunEnd(RunStatus.Completed, "p/m", "stop", null, new UsageData(1, 2), null, TimeProvider.System.GetUtcNow().UtcDateTime, null),
        JsonSerializer.Serialize(new RunFinishedData("completed", "stop"), RunEventJson.Default.RunFinishedData));

    /// <summary>Ends the process as a kill does: what has not been committed is gone, and nobody hears of it.</summary>
    /// <param name="afterCommit">Only after one more commit, of which nobody hears.</param>
    public async Task CrashAsync(bool afterCommit)
    {
        if (afterCommit)
            Log.DieAfterCommit();
        else
            Log.Die();
        await _death.CancelAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync(default);
        _writer.Dispose();
        await _death.CancelAsync();
    }
}
