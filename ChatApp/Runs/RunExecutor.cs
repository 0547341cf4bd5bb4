using System.Collections.Concurrent;
using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>Why a run was stopped from outside its provider.</summary>
internal enum RunStop
{
    None,

    /// <summary>A person asked for it.</summary>
    Cancelled,

    /// <summary>The provider sent nothing for the idle timeout.</summary>
    Idle,

    /// <summary>The process ends.</summary>
    Shutdown,
}

/// <summary>Executes runs in the background, independent of every connection, and owns their tasks until they have ended.</summary>
internal sealed partial class RunExecutor
{
    private readonly ConcurrentDictionary<Guid, Execution> _executing = new();
    private readonly RunRegistry _registry;
    private readonly RunOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RunExecutor> _logger;

    public RunExecutor(RunRegistry registry, ConversationFeed feed, IOptions<RunOptions> options, TimeProvider time, ILogger<RunExecutor> logger)
    {
        (_registry, _options, _time, _logger) = (registry, options.Value, time, logger);
        feed.Deleted += StopConversation;
    }

    /// <summary>Begins executing a run whose start is durable.</summary>
    public void Start(LiveRun run, ModelTarget model, IReadOnlyList<ChatMessage> messages, ChatOptions chatOptions)
    {
        var execution = new Execution(run) { LastUpdate = _time.GetTimestamp() };
        _executing[run.Id] = execution;
        execution.Task = Task.Run(() => ExecuteAsync(execution, model, messages, chatOptions));
    }

    /// <summary>Asks a run to end. False when it does not execute here (any more).</summary>
    public bool Stop(Guid runId, RunStop reason)
    {
        if (!_executing.TryGetValue(runId, out var execution))
            return false;
        execution.Stop(reason);
        return true;
    }

    private void StopConversation(Guid conversationId)
    {
        foreach (var execution in _executing.Values)
        {
            if (execution.Run.ConversationId == conversationId)
                execution.Stop(RunStop.Cancelled);
        }
    }

    /// <summary>Stops the runs whose provider has been silent for too long.</summary>
    public void StopIdle()
    {
        foreach (var execution in _executing.Values)
        {
            if (_time.GetElapsedTime(execution.LastUpdate) > _options.IdleTimeout)
                execution.Stop(RunStop.Idle);
        }
    }

    /// <summary>Stops every run and waits until each has its terminal event.</summary>
    public async Task StopAllAsync(RunStop reason)
    {
        foreach (var execution in _executing.Values)
            execution.Stop(reason);
        await Task.WhenAll(_executing.Values.Select(e => e.Task));
    }

    private async Task ExecuteAsync(Execution execution, ModelTarget model, IReadOnlyList<ChatMessage> messages, ChatOptions chatOptions)
    {
        var run = execution.Run;
        var recorder = new RunRecorder(run);
        var answer = new Answer();
        RunError? error = null;
        try
        {
            await ReceiveAsync(execution, model, messages, chatOptions, recorder, answer);
        }
        catch (OperationCanceledException) when (execution.Reason != RunStop.None)
        {
            error = execution.Reason == RunStop.Idle
                ? new RunError("provider_timeout", $"The provider {model.ProviderName} sent nothing for {_options.IdleTimeout.TotalSeconds:0} seconds. Try again.")
                : null;
        }
        catch (ProviderException e)
        {
            LogProviderFault(run.Id, run.Model, e.Fault, e.Detail, e);
            error = new RunError(CodeOf(e.Fault), e.Message);
        }
        catch (RunLostException)
        {
            // Nothing more can be said to anybody; logged below.
        }
        // Whatever else it is, the run must end with an event, and its details belong in the log only.
        catch (Exception e)
        {
            LogFailed(run.Id, run.Model, e);
            error = new RunError("internal_error", "Something went wrong on the server. The details are in its log under this run's id.");
        }
        Finish(execution, model, recorder, answer, error);
        try
        {
            await run.Ended;
        }
        catch (Exception e)
        {
            // The database would not take the end. The run's lease runs out and the reaper ends it.
            LogNotStored(run.Id, e);
        }
        finally
        {
            _executing.TryRemove(run.Id, out _);
            _registry.Remove(run);
            execution.Dispose();
        }
    }

    private async Task ReceiveAsync(
        Execution execution, ModelTarget model, IReadOnlyList<ChatMessage> messages, ChatOptions chatOptions, RunRecorder recorder, Answer answer)
    {
        await foreach (var update in model.Client.GetStreamingResponseAsync(messages, chatOptions, execution.Token).ConfigureAwait(false))
        {
            execution.LastUpdate = _time.GetTimestamp();
            answer.FinishReason = update.FinishReason?.Value ?? answer.FinishReason;
            var contents = update.Contents;
            for (int i = 0; i < contents.Count; i++)
            {
                switch (contents[i])
                {
                    case TextReasoningContent reasoning:
                        await recorder.AddAsync(BlockStartedData.Reasoning, reasoning.Text);
                        break;
                    case TextContent text:
                        answer.FirstTokenAt ??= _time.GetUtcNow().UtcDateTime;
                        await recorder.AddAsync(BlockStartedData.Text, text.Text);
                        break;
                    case UsageContent usage:
                        answer.Usage = usage.Details;
                        break;
                }
            }
            if (recorder.Length > _options.MaxOutputChars)
            {
                answer.FinishReason = "length";
                return;
            }
        }
        if (answer.FinishReason == null)
            throw new ProviderException(ProviderFault.Dropped, $"The provider {model.ProviderName} ended the answer without finishing it.");
    }

    private void Finish(Execution execution, ModelTarget model, RunRecorder recorder, Answer answer, RunError? error)
    {
        var status = execution.Reason switch
        {
            _ when error != null => RunStatus.Failed,
            RunStop.Cancelled when answer.FinishReason == null => RunStatus.Cancelled,
            RunStop.Shutdown when answer.FinishReason == null => RunStatus.Interrupted,
            _ => RunStatus.Completed,
        };
        if (status == RunStatus.Interrupted)
            error = RunReaper.Interrupted;
        recorder.Close();
        var usage = UsageOf(answer.Usage, recorder.Length);
        string? finishReason = status == RunStatus.Completed ? answer.FinishReason : null;
        string name = status.ToString().ToLowerInvariant();
        execution.Run.Append(RunEventKind.Usage, 0, JsonSerializer.Serialize(usage, RunEventJson.Default.UsageData));
        execution.Run.Finish(
            new RunEnd(status, finishReason, error, usage, CostOf(model, usage), _time.GetUtcNow().UtcDateTime, answer.FirstTokenAt),
            JsonSerializer.Serialize(new RunFinishedData(name, finishReason ?? name, error), RunEventJson.Default.RunFinishedData));
    }

    /// <summary>What the provider reported, else an estimate of four characters a token, marked as such.</summary>
    private static UsageData UsageOf(UsageDetails? reported, long outputChars) =>
        reported?.OutputTokenCount is { } output
            ? new UsageData(reported.InputTokenCount ?? 0, output, reported.CachedInputTokenCount ?? 0, reported.ReasoningTokenCount ?? 0)
            : new UsageData(reported?.InputTokenCount ?? 0, (outputChars + 3) / 4, Estimated: true);

    private static decimal? CostOf(ModelTarget model, UsageData usage) =>
        model.InputPrice == null && model.OutputPrice == null
            ? null
            : ((usage.InputTokens * (model.InputPrice ?? 0)) + (usage.OutputTokens * (model.OutputPrice ?? 0))) / 1_000_000;

    private static string CodeOf(ProviderFault fault) => fault switch
    {
        ProviderFault.Unreachable => "provider_unreachable",
        ProviderFault.Unauthorized => "provider_unauthorized",
        ProviderFault.NotFound => "model_not_found",
        ProviderFault.Rejected => "provider_rejected",
        ProviderFault.RateLimited => "provider_rate_limited",
        ProviderFault.Dropped => "provider_dropped",
        ProviderFault.InvalidResponse => "provider_invalid_response",
        _ => "provider_error",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: {Model} failed ({Fault}): {Detail}")]
    private partial void LogProviderFault(Guid runId, string model, ProviderFault fault, string? detail, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} with {Model} failed.")]
    private partial void LogFailed(Guid runId, string model, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of run {RunId} could not be stored.")]
    private partial void LogNotStored(Guid runId, Exception e);

    /// <summary>What has come from the provider besides text.</summary>
    private sealed class Answer
    {
        public string? FinishReason { get; set; }
        public UsageDetails? Usage { get; set; }
        public DateTime? FirstTokenAt { get; set; }
    }

    private sealed class Execution(LiveRun run) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private int _reason;

        public LiveRun Run { get; } = run;
        public Task Task { get; set; } = Task.CompletedTask;
        public CancellationToken Token => _stop.Token;
        public RunStop Reason => (RunStop)Volatile.Read(ref _reason);

        /// <summary>Timestamp of the last sign of life; written without a lock, read by the watchdog, which a second's error does not hurt.</summary>
        public long LastUpdate { get; set; }

        /// <summary>The first reason stands.</summary>
        public void Stop(RunStop reason)
        {
            if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)RunStop.None) != (int)RunStop.None)
                return;
            try
            {
                _stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }

        public void Dispose() => _stop.Dispose();
    }
}
