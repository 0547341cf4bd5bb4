using ChatApp.Components.Shared;
using ChatApp.Markdown;
using ChatApp.Runs;
using Microsoft.AspNetCore.Components;

namespace ChatApp.Components.Chat;

/// <summary>
/// Follows a run from its first event and draws it as it grows. It renders on its own clock, whatever its parents do, and its
/// closed blocks never render again.
/// </summary>
public sealed partial class StreamingAnswer(
    IRunReader runs, MarkdownRenderer renderer, TimeProvider time, ILogger<StreamingAnswer> logger) : ComponentBase, IDisposable
{
    // About 30 frames a second; fewer where one open block (a long table) has become so large that it would cost more than
    // 100 kB/s to send it that often.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(34);
    private const int TailCharsPerMillisecond = 100;

    // A screen reader speaks about three words a second: more often would only cut its sentences off.
    private static readonly TimeSpan SpeakEvery = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _closed = new();
    private readonly AnswerStream _answer = new(renderer);
    private Throttle? _frames;
    private TimeSpan _interval = Frame;
    private string _tail = "";
    private string? _spoken;
    private TimeSpan? _thought;
    private long? _spokeAt;
    private bool _hadText;
    private bool _drawing;
    private bool _lost;

    [Parameter, EditorRequired]
    public Guid RunId { get; set; }

    /// <summary>When the question was asked.</summary>
    [Parameter]
    public DateTime AskedAt { get; set; }

    /// <summary>From the question to the first word, where that is known already.</summary>
    [Parameter]
    public TimeSpan? UntilText { get; set; }

    /// <summary>Raised once, when the run has ended and its last text is drawn.</summary>
    [Parameter]
    public EventCallback<RunFinishedData> OnFinished { get; set; }

    private bool IsGoing => _answer.Finished is null && !_lost;

    // Not earlier: a prerendered page has nobody to stream to.
    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? FollowAsync() : Task.CompletedTask;

    // Only for its own frames: a parent that renders has nothing new to say.
    protected override bool ShouldRender() => _drawing;

    private async Task FollowAsync()
    {
        _frames = new Throttle(time, () => InvokeAsync(Draw));
        try
        {
            await foreach (var e in runs.ReadAsync(RunId, afterSeq: 0, cancellationToken: _closed.Token))
            {
                _answer.Apply(e);
                _frames.Request(_interval);
            }
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            LogLost(RunId, exception);
            _lost = true;
        }
        Draw();
        if (_answer.Finished is { } finished)
            await OnFinished.InvokeAsync(finished);
    }

    private void Draw()
    {
        if (_closed.IsCancellationRequested)
            return;
        _tail = _answer.OpenCode is null ? _answer.TailHtml : "";
        var wait = TimeSpan.FromMilliseconds(_tail.Length / TailCharsPerMillisecond);
        _interval = wait > Frame ? wait : Frame;
        Speak();
        if (!_hadText && AskedAt != default)
            _thought = UntilText ?? time.GetUtcNow().UtcDateTime - AskedAt;
        _hadText = _answer.HasText;
        _drawing = true;
        StateHasChanged();
        _drawing = false;
    }

    private void Speak()
    {
        if (IsGoing && _spokeAt is { } last && time.GetElapsedTime(last) < SpeakEvery)
            return;
        if (_answer.TakeSpoken() is not { } sentences)
            return;
        _spoken = sentences;
        _spokeAt = time.GetTimestamp();
    }

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
        _frames?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page can't read run {RunId}.")]
    private partial void LogLost(Guid runId, Exception exception);
}
