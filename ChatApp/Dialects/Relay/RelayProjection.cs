using System.Text.Encodings.Web;
using ChatApp.Dialects.Sse;
using ChatApp.Runs;

namespace ChatApp.Dialects.Relay;

/// <summary>content × n, an error where there was one. Of one stream; [DONE] comes behind it.</summary>
internal sealed class RelayProjection : ISseProjection
{
    private readonly AnswerText _answer = new();

    public JavaScriptEncoder Encoder => JavaScriptEncoder.Default;

    public bool FlushesEachEvent => true;

    public void Write(RunEvent e, SseFrames frames)
    {
        if (e.Kind == RunEventKind.RunFinished)
        {
            if (e.ReadRunFinished().Error is { } error)
                frames.Raw("data: {\"error\":"u8).String(error.Message).Raw(",\"type\":\"error\"}\n\n"u8);
        }
        else if (_answer.PieceOf(e) is { Length: > 0 } piece)
            frames.Raw("data: {\"content\":"u8).String(piece).Raw("}\n\n"u8);
    }

    public static ValueTask WriteDone(SseFrames frames, SseOutput output, CancellationToken cancellationToken)
    {
        frames.Raw("data: [DONE]\n\n"u8);
        return ValueTask.CompletedTask;
    }
}
