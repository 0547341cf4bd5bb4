using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.Extensions.AI;

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

/// <summary>One run while it executes here.</summary>
internal sealed class RunExecution(LiveRun run, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _reason;
    private volatile bool _isFinishing;
    private long _aliveAt = long.MaxValue;

    public LiveRun Run => run;
    public CancellationToken Token => _stop.Token;
    public RunStop Reason => (RunStop)Volatile.Read(ref _reason);

    /// <summary>How long nothing has come; negative while nothing is expected. Read by the watchdog, which a second's error does not hurt.</summary>
    public TimeSpan Silence => _aliveAt == long.MaxValue ? TimeSpan.MinValue : time.GetElapsedTime(_aliveAt);

    /// <summary>Whether the provider has said that the answer is whole, so that only its usage may still come.</summary>
    public bool IsFinishing => _isFinishing;

    /// <summary>A call begins.</summary>
    public void Begin()
    {
        _isFinishing = false;
        _aliveAt = time.GetTimestamp();
    }

    /// <summary>A sign of life. Once the answer is whole it counts no more: the rest has a fixed time.</summary>
    /// <param name="isFinished">Whether the finish reason has come.</param>
    public void Touch(bool isFinished)
    {
        if (_isFinishing)
            return;
        _aliveAt = time.GetTimestamp();
        _isFinishing = isFinished;
    }

    /// <summary>Nothing is expected until the next <see cref="Begin"/>: it waits for its turn or for the next attempt.</summary>
    public void Rest() => _aliveAt = long.MaxValue;

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

/// <summary>What a model is asked.</summary>
/// <param name="Messages">One list from here to the model's client, so that whoever still has the call does not hold a conversation that was let go.</param>
/// <param name="Fallback">Address of the agent's fallback, which is asked before the model's own; null for none.</param>
internal sealed record ModelCall(ModelTarget Model, List<ChatMessage> Messages, ChatOptions Options, string? Fallback)
{
    /// <summary>What is to be judged first; null for nothing.</summary>
    public ModerationQuestion? Moderation { get; init; }

    /// <summary>The same for this model. Where it can't see, the images are taken out of the messages.</summary>
    public ModelCall With(ModelTarget other)
    {
        var options = Options.Clone();
        options.ModelId = other.ModelName;
        if (other.Vision == false)
            RunMedia.TakeOutImages(Messages);
        return this with { Model = other, Options = options };
    }

    /// <summary>Nobody will be asked any more: a long conversation and its images need not stay in memory as long as the answer takes.</summary>
    public void LetGo() => Messages.Clear();
}

/// <summary>What has come from the provider besides text.</summary>
internal sealed class ModelAnswer(ModelTarget model)
{
    /// <summary>The model that gives it.</summary>
    public ModelTarget Model => model;

    /// <summary>UTF-16 units that the model was asked with.</summary>
    public long InputChars { get; init; }

    public string? FinishReason { get; set; }
    public UsageDetails? Usage { get; set; }
    public DateTime? FirstTokenAt { get; set; }

    /// <summary>US dollars. Null without prices, and for a provider that has neither answered nor reported anything: it takes no money for that.</summary>
    public decimal? CostOf(UsageData usage) => usage.OutputTokens == 0 && Usage == null ? null : model.CostOf(usage.InputTokens, usage.OutputTokens);
}
