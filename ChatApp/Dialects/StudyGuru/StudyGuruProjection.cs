using System.Text;
using System.Text.Encodings.Web;
using ChatApp.Dialects.Sse;
using ChatApp.Runs;

namespace ChatApp.Dialects.StudyGuru;

/// <summary>metadata or start, token × n, then complete or error. Of one stream.</summary>
/// <param name="interaction">Null for the simple stream, which tells neither whose it is nor what it costs.</param>
internal sealed class StudyGuruProjection(Interaction? interaction, TimeProvider time) : ISseProjection
{
    private readonly AnswerText _answer = new();
    private readonly StringBuilder _content = new();
    private long _tokens;

    public JavaScriptEncoder Encoder => JavaScriptEncoder.Default;

    // Its client parses each chunk of the network by itself, and breaks on half an event.
    public bool FlushesEachEvent => true;

    public void Write(RunEvent e, SseFrames frames)
    {
        switch (e.Kind)
        {
            case RunEventKind.RunStarted:
                WriteBegin(e.ReadRunStarted(), frames);
                break;
            case RunEventKind.Usage:
                var usage = e.ReadUsage();
                _tokens = usage.InputTokens + usage.OutputTokens;
                break;
            case RunEventKind.RunFinished:
                WriteEnd(e.ReadRunFinished(), frames);
                break;
            default:
                WriteToken(_answer.PieceOf(e), frames);
                break;
        }
    }

    private void WriteBegin(RunStartedData run, SseFrames frames)
    {
        if (interaction == null)
        {
            End(frames.Raw("data: {\"type\":\"start\",\"message\":\"Starting response generation...\""u8));
            return;
        }
        frames.Raw("data: {\"type\":\"metadata\",\"interaction_id\":\""u8).Raw(run.ConversationId.ToString())
            .Raw("\",\"is_new_interaction\":"u8).Raw(interaction.IsNew ? "true"u8 : "false"u8)
            .Raw(",\"user_id\":\""u8).Raw(interaction.UserId.ToString());
        End(frames.Raw("\""u8));
    }

    private void WriteToken(string piece, SseFrames frames)
    {
        if (piece.Length == 0)
            return;
        _content.Append(piece);
        End(frames.Raw("data: {\"type\":\"token\",\"content\":"u8).String(piece));
    }

    private void WriteEnd(RunFinishedData end, SseFrames frames)
    {
        if (end.Error is { } error)
        {
            End(frames.Raw("data: {\"type\":\"error\",\"error\":"u8).String(error.Message));
            return;
        }
        frames.Raw("data: {\"type\":\"complete\",\"content\":"u8).String(_content.ToString());
        if (interaction != null)
            frames.Raw(",\"tokens_used\":"u8).Number(_tokens).Raw(",\"points_cost\":"u8).Number(Points.For(_tokens));
        End(frames);
    }

    private void End(SseFrames frames) => frames.Raw(",\"timestamp\":"u8).Number(UnixTime.Now(time)).Raw("}\n\n"u8);
}

/// <summary>Whose stream it is, and whether its conversation begins with it.</summary>
internal sealed record Interaction(Guid UserId, bool IsNew);
