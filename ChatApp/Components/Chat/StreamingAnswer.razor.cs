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
    internal static readonly TimeSpan SpeakEvery = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _closed = new();
    private readonly AnswerStream _answer = new(renderer);
    private Throttle? _frames;
    private TimeSpan _interval = Frame;
    private string _tail = "";
    private string _thinking = "";
    private TimeSpan? _thought;
    private long? _spokeAt;
    private bool _hadText;
    private bool _drawing;
    private bool _lost;

    // The page came when part of the answer was there: nobody is told of that as of something new.
    private bool _isBehind;

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

    /// <summary>Null where nobody is to hear it.</summary>
    [CascadingParameter]
    private ThreadVoice? Voice { get; set; }

    private bool IsGoing => _answer.Finished is null && !_lost;

    // Not earlier: a prerendered page has nobody to stream to.
    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? FollowAsync() : Task.CompletedTask;

    // Only for its own frames: a parent that renders has nothing new to say.
    protected override bool ShouldRender() => _drawing;

    private async Task FollowAsync()
    {
        var closed = _closed.Token;
        _frames = new Throttle(time, () => InvokeAsync(Draw));
        _isBehind = AskedAt != default && time.GetUtcNow().UtcDateTime - AskedAt > SpeakEvery;
        try
        {
            await using var events = runs.ReadAsync(RunId, afterSeq: 0, cancellationToken: closed).GetAsyncEnumerator(closed);
            for (bool any = false; ; any = true)
            {
                var next = events.MoveNextAsync();
                // It has to wait for more: what there was is read.
                if (any && !next.IsCompleted)
                    CatchUp();
                if (!await next)
                    break;
                _answer.Apply(events.Current);
                _frames.Request(_interval);
            }
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            LogLost(RunId, exception);
            _lost = true;
        }
        CatchUp();
        // The last frame is this one: another would draw the same once more.
        _frames.Dispose();
        Draw();
        if (_answer.Finished is { } finished)
            await OnFinished.InvokeAsync(finished);
    }

    private void CatchUp()
    {
        if (_isBehind)
            _answer.TakeSpoken();
        _isBehind = false;
    }

    private void Draw()
    {
        if (_closed.IsCancellationRequested)
            return;
        _tail = _answer.OpenCode is null ? _answer.TailHtml : "";
        _thinking = _answer.Reasoning?.Rest ?? "";
        var wait = TimeSpan.FromMilliseconds((_tail.Length + _thinking.Length) / TailCharsPerMillisecond);
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
        if (_isBehind || (IsGoing && _spokeAt is { } last && time.GetElapsedTime(last) < SpeakEvery))
            return;
        if (_answer.TakeSpoken() is not { } sentences)
            return;
        Voice?.Say(sentences);
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
