using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatApp.Ask;
using ChatApp.Data.Entities;
using ChatApp.Dialects.Sse;
using ChatApp.Runs;

namespace ChatApp.Dialects.Ask;

/// <summary>Events of the Ask API: <c>chunk</c>s, then the whole <c>message</c>. What comes behind them is written by the route.</summary>
/// <param name="session">Null for the simple stream, which has no <c>message</c>.</param>
/// <param name="at">When the answer was begun, as it is stored.</param>
internal sealed class AskProjection(AskSession? session, DateTime at) : ISseProjection
{
    private readonly AnswerText _answer = new();
    private readonly StringBuilder _text = new();
    private Guid _messageId;

    /// <summary>Whether the answer is whole, or was stopped by a person; false before that and where it failed.</summary>
    public bool HasAnswer { get; private set; }

    public JavaScriptEncoder Encoder => JavaScriptEncoder.Default;

    public bool FlushesEachEvent => true;

    public void Write(RunEvent e, SseFrames frames)
    {
        switch (e.Kind)
        {
            case RunEventKind.RunStarted:
                _messageId = e.ReadRunStarted().MessageId;
                break;
            case RunEventKind.RunFinished:
                Finish(e.ReadRunFinished(), frames);
                break;
            default:
                WriteChunk(_answer.PieceOf(e), frames);
                break;
        }
    }

    private void WriteChunk(string text, SseFrames frames)
    {
        if (text.Length == 0)
            return;
        _text.Append(text);
        frames.Raw("data: {\"type\":\"chunk\",\"content\":"u8).String(text).Raw(",\"done\":false}\n\n"u8);
    }

    private void Finish(RunFinishedData finished, SseFrames frames)
    {
        HasAnswer = finished.Status == "completed" || (finished.Status == "cancelled" && _text.Length > 0);
        if (!HasAnswer)
        {
            frames.Raw("data: {\"type\":\"error\",\"error\":"u8).String(finished.Error?.Message ?? "The answer was stopped.").Raw("}\n\n"u8);
        }
        else if (session != null)
        {
            var message = AskMessageJson.Answer(session, _messageId, _text.ToString(), at);
            frames.Raw("data: {\"type\":\"message\",\"message\":"u8)
                .Raw(JsonSerializer.Serialize(message, AskJson.Ascii.AskMessageJson)).Raw("}\n\n"u8);
        }
    }
}
