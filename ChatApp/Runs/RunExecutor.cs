using System.Collections.Concurrent;
using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>Executes runs in the background, independent of every connection, and knows them from before their first commit to their end.</summary>
internal sealed partial class RunExecutor
{
    private readonly ConcurrentDictionary<Guid, RunExecution> _executing = new();
    private readonly RunRegistry _registry;
    private readonly Moderation _moderation;
    private readonly RunMedia _media;
    private readonly ModelCalls _calls;
    private readonly TitleWriter _titles;
    private readonly RunOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RunExecutor> _logger;
    private volatile bool _isStopping;

    public RunExecutor(
        RunRegistry registry, Moderation moderation, RunMedia media, ModelCalls calls, TitleWriter titles, ConversationFeed feed, IOptions<RunOptions> options, TimeProvider time,
        ILogger<RunExecutor> logger)
    {
        (_moderation, _media, _titles) = (moderation, media, titles);
        (_registry, _calls, _options, _time, _logger) = (registry, calls, options.Value, time, logger);
        feed.Deleted += StopConversation;
    }

    /// <summary>Takes in a run before its first commit, so that whoever may know of it can stop it.</summary>
    public RunExecution Add(LiveRun run)
    {
        var execution = new RunExecution(run, _time);
        _executing[run.Id] = execution;
        // Looked at after it was added: either this sees the flag, or the drain sees the run.
        if (_isStopping)
            execution.Stop(RunStop.Shutdown);
        return execution;
    }

    /// <summary>Begins executing a run whose start is durable, at once or in its turn. One that was stopped meanwhile only ends.</summary>
    /// <param name="composeAsync">What the model is asked; called once, in the run's turn.</param>
    /// <param name="continued">The text that the answer goes on from; empty for a new one.</param>
    public void Start(RunExecution execution, RunSlot slot, ModelTarget model, Func<CancellationToken, Task<ModelCall>> composeAsync, string continued) =>
        _ = Task.Run(() => ExecuteAsync(execution, slot, model, composeAsync, continued));

    /// <summary>Forgets a run that has ended, or whose start was not stored.</summary>
    public void Remove(RunExecution execution)
    {
        _executing.TryRemove(execution.Run.Id, out _);
        _registry.Remove(execution.Run);
        execution.Dispose();
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
            if (execution.Silence > (execution.IsFinishing ? FinishGrace : _options.IdleTimeout))
                execution.Stop(RunStop.Idle);
        }
    }

    /// <summary>
    /// Gives the runs some time to end by themselves, stops the others, and waits until each has its terminal event; one that ignores
    /// being stopped is left to the next start.
    /// </summary>
    /// <param name="ended">Ends when no run is left, counting those whose start is not durable yet.</param>
    public async Task DrainAsync(Task ended, TimeSpan patience)
    {
        if (!ended.IsCompleted && patience > TimeSpan.Zero)
        {
            LogDrains(_executing.Count, patience.TotalSeconds);
            await Task.WhenAny(ended, Task.Delay(patience, _time));
        }
        _isStopping = true;
        foreach (var execution in _executing.Values)
            execution.Stop(RunStop.Shutdown);
        try
        {
            // Their last commits may take as long as the database is waited for.
            await ended.WaitAsync(_options.StorageTimeout + StopGrace, _time);
        }
        catch (TimeoutException)
        {
            LogLeft(string.Join(", ", _executing.Keys));
        }
    }

    private async Task ExecuteAsync(
        RunExecution execution, RunSlot slot, ModelTarget model, Func<CancellationToken, Task<ModelCall>> composeAsync, string continued)
    {
        var run = execution.Run;
        var recorder = new RunRecorder(run, continued);
        var answer = new ModelAnswer(model);
        RunError? error = null;
        try
        {
            execution.Token.ThrowIfCancellationRequested();
            await slot.Turn.WaitAsync(execution.Token);
            var call = await composeAsync(execution.Token);
            if (call.Moderation is { } question && await _moderation.FindViolationAsync(question, run, execution.Token) is { } reason)
                error = new RunError("content_policy", $"Content policy violation: {reason}");
            else
                await _calls.AnswerAsync(execution, await _media.FillAsync(run.OwnerId, call, execution.Token), recorder, begun => answer = begun);
        }
        catch (OperationCanceledException) when (execution.Reason == RunStop.Idle)
        {
            LogTimedOut(run.Id, answer.Model.Address, _options.IdleTimeout.TotalSeconds);
            error = new RunError("provider_timeout", $"The provider {answer.Model.ProviderName} sent nothing for {_options.IdleTimeout.TotalSeconds:0} seconds. Try again.");
        }
        catch (OperationCanceledException) when (execution.Reason != RunStop.None)
        {
            // Whoever stopped it has given the reason.
        }
        catch (ProviderException e)
        {
            LogProviderFault(run.Id, answer.Model.Address, e.Fault, e.Detail, e);
            error = new RunError(CodeOf(e.Fault), e.Message);
        }
        catch (RunLostException)
        {
            // Told to the readers when there is room again; a run that was deleted tells nobody.
            error = new RunError("storage_unavailable", "The server could not store more of this answer: its disk is full or its database locked. What had arrived is kept; try again for a whole one.");
        }
        // Whatever else it is, the run must end with an event, and its details belong in the log only.
        catch (Exception e)
        {
            LogFailed(run.Id, answer.Model.Address, e);
            error = InternalError;
        }
        try
        {
            FinishOrFail(execution, recorder, answer, error, _time.GetUtcNow().UtcDateTime);
            await run.Ended;
            if (error == null && run.WantsTitle)
                _titles.Offer(run.Id);
        }
        catch (Exception e)
        {
            // It was deleted or ended by someone else, or the process ends while the database takes nothing: then the reaper of the next one ends it.
            LogNotStored(run.Id, e);
        }
        finally
        {
            Remove(execution);
        }
    }

    /// <summary>A run whose end can't be worked out ends all the same: it would hold its slot and its lease for as long as the process lives.</summary>
    private void FinishOrFail(RunExecution execution, RunRecorder recorder, ModelAnswer answer, RunError? error, DateTime at)
    {
        try
        {
            Finish(execution, recorder, answer, error, at);
        }
        catch (Exception e)
        {
            LogFailed(execution.Run.Id, answer.Model.Address, e);
            string status = nameof(RunStatus.Failed).ToLowerInvariant();
            execution.Run.Finish(
                new RunEnd(RunStatus.Failed, answer.Model.Address, null, InternalError, null, null, at, answer.FirstTokenAt),
                JsonSerializer.Serialize(new RunFinishedData(status, status, InternalError), RunEventJson.Default.RunFinishedData));
        }
    }

    private static void Finish(RunExecution execution, RunRecorder recorder, ModelAnswer answer, RunError? error, DateTime at)
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
        recorder.Finish();
        var usage = UsageOf(answer, recorder.Length);
        string? finishReason = status == RunStatus.Completed ? answer.FinishReason : null;
        string name = status.ToString().ToLowerInvariant();
        execution.Run.Append(RunEventKind.Usage, 0, JsonSerializer.Serialize(usage, RunEventJson.Default.UsageData));
        execution.Run.Finish(
            new RunEnd(status, answer.Model.Address, finishReason, error, usage, answer.CostOf(usage), at, answer.FirstTokenAt)
            {
                // An answer that failed costs nothing; one that its reader stopped does.
                Points = execution.Run.Metered && error == null ? Points.For(usage.InputTokens + usage.OutputTokens) : null,
            },
            JsonSerializer.Serialize(new RunFinishedData(name, finishReason ?? name, error), RunEventJson.Default.RunFinishedData));
    }

    /// <summary>What the provider reported, else an estimate of four characters a token, marked as such.</summary>
    private static UsageData UsageOf(ModelAnswer answer, long outputChars) =>
        answer.Usage is { OutputTokenCount: { } output } reported
            ? new UsageData(reported.InputTokenCount ?? 0, output, reported.CachedInputTokenCount ?? 0, reported.ReasoningTokenCount ?? 0)
            : new UsageData(answer.Usage?.InputTokenCount ?? ((answer.InputChars + 3) / 4), (outputChars + 3) / 4, Estimated: true);

    /// <summary>How long usage may come after the finish reason; providers send it at once.</summary>
    private static readonly TimeSpan FinishGrace = TimeSpan.FromSeconds(5);

    /// <summary>How long what is stopped may take to notice; all providers' clients do at once.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private static readonly RunError InternalError = new("internal_error", "Something went wrong on the server. The details are in its log under this run's id.");

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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: {Model} sent nothing for {Seconds:0} s.")]
    private partial void LogTimedOut(Guid runId, string model, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} with {Model} failed.")]
    private partial void LogFailed(Guid runId, string model, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of run {RunId} could not be stored.")]
    private partial void LogNotStored(Guid runId, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "These runs did not stop; the next start ends them: {RunIds}")]
    private partial void LogLeft(string runIds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ending: {Count} answers have up to {Seconds:0} seconds to finish.")]
    private partial void LogDrains(int count, double seconds);
}
