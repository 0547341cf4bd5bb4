using System.Text.Encodings.Web;
using ChatApp.Dialects.Sse;
using ChatApp.Runs;

namespace ChatApp.Dialects.Persona;

/// <summary>start, token × n, then complete or error. Of one stream.</summary>
internal sealed class PersonaProjection : ISseProjection
{
    private readonly AnswerText _answer = new();
    private string? _model;
    private Guid _message;
    private long _tokens;

    public JavaScriptEncoder Encoder => JavaScriptEncoder.Default;

    public bool FlushesEachEvent => true;

    /// <summary>Its clients see that an answer failed by the connection, too.</summary>
    public bool CutsAtEnd { get; private set; }

    public void Write(RunEvent e, SseFrames frames)
    {
        switch (e.Kind)
        {
            case RunEventKind.RunStarted:
                var run = e.ReadRunStarted();
                (_model, _message) = (run.Model, run.MessageId);
                break;
            case RunEventKind.ModelChanged:
                _model = e.ReadModelChanged().Model;
                break;
            case RunEventKind.BlockStarted:
                WriteStart(frames);
                WriteToken(_answer.PieceOf(e), frames);
                break;
            case RunEventKind.BlockDelta:
                WriteToken(_answer.PieceOf(e), frames);
                break;
            case RunEventKind.Usage:
                var usage = e.ReadUsage();
                _tokens = usage.InputTokens + usage.OutputTokens;
                break;
            case RunEventKind.RunFinished:
                WriteStart(frames);
                WriteEnd(e.ReadRunFinished().Error, frames);
                break;
        }
    }

    /// <summary>Once, and not before it is known which model answers: the first one may have failed.</summary>
    private void WriteStart(SseFrames frames)
    {
        if (_model == null)
            return;
        frames.Raw("data: {\"event\":\"start\",\"model\":"u8).String(NameOf(_model)).Raw("}\n\n"u8);
        _model = null;
    }

    private static void WriteToken(string piece, SseFrames frames)
    {
        if (piece.Length > 0)
            frames.Raw("data: {\"token\":"u8).String(piece).Raw("}\n\n"u8);
    }

    private void WriteEnd(RunError? error, SseFrames frames)
    {
        CutsAtEnd = error != null;
        if (error != null)
            frames.Raw("data: {\"event\":\"error\",\"error\":"u8).String(error.Message).Raw("}\n\n"u8);
        else
            frames.Raw("data: {\"event\":\"complete\",\"message_id\":\""u8).Raw(_message.ToString()).Raw("\",\"total_tokens\":"u8).Number(Math.Max(1, _tokens)).Raw("}\n\n"u8);
    }

    /// <summary>The name that the provider knows the model by.</summary>
    private static string NameOf(string address) => address[(address.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
