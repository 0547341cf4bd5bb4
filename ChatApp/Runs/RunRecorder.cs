using System.Text;
using System.Text.Json;
using ChatApp.Runs.Log;

namespace ChatApp.Runs;

/// <summary>
/// Turns what a model sends into the blocks of a run's log. Text is made storable on every database and wire: half an
/// emoji waits for its other half, an unpaired surrogate and NUL become U+FFFD. Used by one executor.
/// </summary>
/// <param name="continued">
/// The text of an answer that broke off, which this one repeats and goes on from. It comes with the first new text, so that
/// what the model thinks before does not tear it from its continuation, or when the run ends without any.
/// </param>
internal sealed class RunRecorder(LiveRun run, string continued = "")
{
    private int _block = -1;
    private string? _kind;
    private char _heldSurrogate;

    private string _continued = continued;

    /// <summary>UTF-16 units that the model has given so far, of all kinds.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the model has given anything yet, be it half a character.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>Adds text to the open block of this kind, which it opens where another one is open or none.</summary>
    /// <param name="kind">A kind of <see cref="BlockStartedData"/>.</param>
    public ValueTask AddAsync(string kind, string text)
    {
        if (text.Length == 0)
            return ValueTask.CompletedTask;
        HasOutput = true;
        Open(kind);
        if (kind == BlockStartedData.Text && _continued.Length > 0)
            Repeat();
        text = Mend(text);
        if (text.Length == 0)
            return ValueTask.CompletedTask;
        Length += text.Length;
        return run.AppendDeltaAsync(_block, text);
    }

    /// <summary>Ends the open block, if there is one, and the answer with it.</summary>
    public void Finish()
    {
        if (_continued.Length > 0)
        {
            Open(BlockStartedData.Text);
            Repeat();
        }
        Close();
    }

    private void Repeat()
    {
        run.Append(RunEventKind.BlockDelta, _block, _continued);
        _continued = "";
    }

    private void Open(string kind)
    {
        if (_kind == kind)
            return;
        Close();
        _kind = kind;
        run.Append(RunEventKind.BlockStarted, ++_block, kind switch
        {
            BlockStartedData.Text => TextStarted,
            _ => JsonSerializer.Serialize(new BlockStartedData(kind), RunEventJson.Default.BlockStartedData),
        });
    }

    private void Close()
    {
        if (_kind == null)
            return;
        if (_heldSurrogate != 0)
            run.Append(RunEventKind.BlockDelta, _block, "\uFFFD");
        _heldSurrogate = '\0';
        _kind = null;
        run.Append(RunEventKind.BlockEnded, _block, "");
    }

    private static readonly string TextStarted =
        JsonSerializer.Serialize(new BlockStartedData(BlockStartedData.Text), RunEventJson.Default.BlockStartedData);

    private string Mend(string text)
    {
        if (_heldSurrogate == 0 && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.Contains('\0'))
            return text;
        var mended = new StringBuilder(text.Length + 1);
        if (_heldSurrogate != 0)
            text = _heldSurrogate + text;
        _heldSurrogate = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i == text.Length - 1)
                _heldSurrogate = c;
            else if (char.IsHighSurrogate(c) && char.IsLowSurrogate(text[i + 1]))
                mended.Append(c).Append(text[++i]);
            else
                mended.Append(char.IsSurrogate(c) || c == '\0' ? '\uFFFD' : c);
        }
        return mended.ToString();
    }
}
