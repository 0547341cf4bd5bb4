using System.Text;
using ChatApp.Components.Shared;
using ChatApp.Markdown;
using ChatApp.Runs;

namespace ChatApp.Components.Chat;

/// <summary>What has arrived of one answer so far. Belongs to one component and its dispatcher.</summary>
public sealed class AnswerStream(MarkdownRenderer renderer)
{
    private readonly StreamingMarkdown _markdown = new(renderer);
    private readonly StringBuilder _text = new();
    private readonly Dictionary<int, string> _kinds = [];
    private readonly ToolCallCollector _tools = new();
    private readonly SpokenText _spoken = new();
    private string? _wholeHtml;

    /// <summary>HTML of the answer's finished blocks. While the answer is written it only grows at its end.</summary>
    public IReadOnlyList<string> ClosedBlocks => _wholeHtml is null ? _markdown.ClosedBlocks : [_wholeHtml];

    /// <summary>HTML of the block that is still being written. Reading it parses: do so once per frame, not once per token.</summary>
    public string TailHtml => _wholeHtml is null ? _markdown.TailHtml : "";

    /// <summary>The tail while it is a listing, to be shown instead of <see cref="TailHtml"/>; null for none.</summary>
    public OpenCode? OpenCode => _wholeHtml is null ? _markdown.OpenCode : null;

    /// <summary>What the model has thought aloud; null for nothing.</summary>
    internal GrowingText? Reasoning { get; private set; }

    /// <summary>The tools that the model has called, in order.</summary>
    public IReadOnlyList<ToolCall> ToolCalls => _tools.Calls;

    /// <summary>The sentences that have ended since the last time, to be read aloud; null for none.</summary>
    public string? TakeSpoken() => _spoken.Take(_text, Finished is not null);

    /// <summary>Whether any text of the answer itself has arrived.</summary>
    public bool HasText => _text.Length > 0;

    /// <summary>How the run ended; null while it goes on.</summary>
    public RunFinishedData? Finished { get; private set; }

    /// <summary>What to tell the reader while nothing of the answer is there; null for nothing.</summary>
    public string? Waiting { get; private set; }

    public void Apply(RunEvent e)
    {
        _tools.Apply(e);
        switch (e.Kind)
        {
            case RunEventKind.RunQueued:
                int before = e.ReadRunQueued().Position - 1;
                Waiting = before switch
                {
                    0 => Texts.Current["Next in line."],
                    1 => Texts.Current["Waiting in line behind 1 other."],
                    _ => Texts.Current["Waiting in line behind {0} others.", before],
                };
                break;
            case RunEventKind.ModelChanged:
                var change = e.ReadModelChanged();
                Waiting = $"{Texts.Current.Say(change.Cause)} {Texts.Current["{0} answers instead.", change.Model]}";
                break;
            case RunEventKind.BlockStarted:
                _kinds[e.Block] = e.ReadBlockStarted().Kind;
                // As the stored text has it.
                if (_kinds[e.Block] == BlockStartedData.Text && _text.Length > 0)
                    Append("\n\n");
                break;
            case RunEventKind.BlockDelta when Kind(e.Block) == BlockStartedData.Text:
                Append(e.Data);
                break;
            case RunEventKind.BlockDelta when Kind(e.Block) == BlockStartedData.Reasoning:
                (Reasoning ??= new()).Append(e.Data);
                break;
            case RunEventKind.RunFinished:
                Finish(e.ReadRunFinished());
                break;
        }
    }

    private void Append(string text)
    {
        _text.Append(text);
        _markdown.Append(text);
    }

    private void Finish(RunFinishedData finished)
    {
        Finished = finished;
        bool isCut = finished.Status != "completed";
        _markdown.Complete(isCut);
        // A link reference defined at the end acts on blocks that were closed long before.
        if (_markdown.NeedsWholeRender)
            _wholeHtml = renderer.ToHtml(_text.ToString(), isCut);
    }

    private string? Kind(int block) => _kinds.GetValueOrDefault(block);
}
