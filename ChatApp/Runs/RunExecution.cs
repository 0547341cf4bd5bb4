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
    private long _aliveAt = long.MaxValue;

    public LiveRun Run => run;
    public Task Task { get; set; } = Task.CompletedTask;
    public CancellationToken Token => _stop.Token;
    public RunStop Reason => (RunStop)Volatile.Read(ref _reason);

    /// <summary>How long nothing has come; negative while nothing is expected. Read by the watchdog, which a second's error does not hurt.</summary>
    public TimeSpan Silence => _aliveAt == long.MaxValue ? TimeSpan.MinValue : time.GetElapsedTime(_aliveAt);

    /// <summary>A sign of life, or the beginning of a call.</summary>
    public void Touch() => _aliveAt = time.GetTimestamp();

    /// <summary>Nothing is expected until the next <see cref="Touch"/>: it waits for its turn or for the next attempt.</summary>
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
internal sealed record ModelCall(ModelTarget Model, IReadOnlyList<ChatMessage> Messages, ChatOptions Options)
{
    /// <summary>What is to be judged first; null for nothing.</summary>
    public ModerationQuestion? Moderation { get; init; }

    /// <summary>The same for this model, without the images where it can't see.</summary>
    public ModelCall With(ModelTarget other)
    {
        var options = Options.Clone();
        options.ModelId = other.ModelName;
        return this with { Model = other, Options = options, Messages = other.Vision == false ? RunMedia.WithoutImages(Messages) : Messages };
    }
}

/// <summary>What has come from the provider besides text.</summary>
internal sealed class ModelAnswer(ModelTarget model)
{
    /// <summary>The model that gives it.</summary>
    public ModelTarget Model => model;

    public string? FinishReason { get; set; }
    public UsageDetails? Usage { get; set; }
    public DateTime? FirstTokenAt { get; set; }
}
