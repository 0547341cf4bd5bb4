using System.Text;
using System.Text.Encodings.Web;
using ChatApp.Dialects.Sse;
using ChatApp.Runs;

namespace ChatApp.Dialects.Agentic;

/// <summary>A snapshot, then deltas, then one that says done. Of one stream.</summary>
/// <param name="snapshot">The snapshot's JSON, on one line.</param>
internal sealed class AgenticProjection(StartedRun run, string snapshot) : ISseProjection
{
    private readonly byte[] _begin = Encoding.ASCII.GetBytes($$"""data: {"conversation_id":"{{run.ConversationId}}","message_id":"{{run.MessageId}}","delta":""");
    private readonly AnswerText _answer = new();

    public JavaScriptEncoder Encoder => JavaScriptEncoder.Default;

    public bool FlushesEachEvent => true;

    /// <summary>Its hook sees that an answer failed only by the connection.</summary>
    public bool CutsAtEnd { get; private set; }

    public void Write(RunEvent e, SseFrames frames)
    {
        switch (e.Kind)
        {
            case RunEventKind.RunStarted:
                frames.Raw("event: snapshot\ndata: "u8).Raw(snapshot).Raw("\n\n"u8);
                break;
            case RunEventKind.RunFinished:
                CutsAtEnd = e.ReadRunFinished().Error != null;
                frames.Raw(_begin).Raw("\"\",\"done\":true,\"metadata\":null}\n\n"u8);
                break;
            default:
                if (_answer.PieceOf(e) is { Length: > 0 } piece)
                    frames.Raw(_begin).String(piece).Raw(",\"done\":false,\"metadata\":null}\n\n"u8);
                break;
        }
    }
}
