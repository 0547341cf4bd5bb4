using ChatApp.Runs;

namespace ChatApp.Dialects.Sse;

/// <summary>
/// What an answer says, without what it thinks, for wire formats that know no blocks. Joined, the pieces are the text that the
/// run stores. For the events of one run, in order.
/// </summary>
internal sealed class AnswerText
{
    private int _block = -1;
    private bool _hasText;

    /// <summary>The text that this event adds; empty where it adds none.</summary>
    public string PieceOf(RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKind.BlockStarted:
                bool isText = e.ReadBlockStarted().Kind == BlockStartedData.Text;
                _block = isText ? e.Block : -1;
                // As the stored text has it.
                return isText && _hasText ? "\n\n" : "";
            case RunEventKind.BlockDelta when e.Block == _block:
                _hasText |= e.Data.Length > 0;
                return e.Data;
            default:
                return "";
        }
    }
}
