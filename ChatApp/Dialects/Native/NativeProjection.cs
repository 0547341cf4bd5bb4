using System.Text.Encodings.Web;
using ChatApp.Dialects.Sse;
using ChatApp.Runs;

namespace ChatApp.Dialects.Native;

/// <summary>Our own events: the log as it is, <c>id</c> = seq. Described in docs/api/runs.md.</summary>
internal sealed class NativeProjection : ISseProjection
{
    public static readonly NativeProjection Instance = new();

    public JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public bool Resumes => true;

    public void Write(RunEvent e, SseFrames frames)
    {
        switch (e.Kind)
        {
            case RunEventKind.BlockDelta:
                frames.Raw("event: block.delta\ndata: {\"index\":"u8).Number(e.Block).Raw(",\"text\":"u8).String(e.Data).Raw("}"u8);
                break;
            case RunEventKind.BlockStarted:
                // The data is an object with at least one member; the index goes in front of it.
                frames.Raw("event: block.started\ndata: {\"index\":"u8).Number(e.Block).Raw(","u8).Raw(e.Data.AsSpan(1));
                break;
            case RunEventKind.BlockEnded:
                frames.Raw("event: block.ended\ndata: {\"index\":"u8).Number(e.Block).Raw("}"u8);
                break;
            default:
                frames.Raw("event: "u8).Raw(NameOf(e.Kind)).Raw("\ndata: "u8).Raw(e.Data.AsSpan());
                break;
        }
        // Last: a client such as @microsoft/fetch-event-source takes an id when its line ends, and if the connection were cut
        // in the rest of the event it would resume behind an event that it never had.
        frames.Raw("\nid: "u8).Number(e.Seq).Raw("\n\n"u8);
    }

    private static ReadOnlySpan<byte> NameOf(RunEventKind kind) => kind switch
    {
        RunEventKind.RunStarted => "run.started"u8,
        RunEventKind.ToolResult => "tool.result"u8,
        RunEventKind.Usage => "usage"u8,
        RunEventKind.RunFinished => "done"u8,
        RunEventKind.RunQueued => "run.queued"u8,
        RunEventKind.ModelChanged => "model.changed"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
