using System.Text.Encodings.Web;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.Extensions.AI;

namespace ChatApp.Runs;

/// <summary>
/// Turns what a model sends into the blocks of a run's log, in storable text (<see cref="TextMender"/>). Of text and reasoning one
/// block at most is open; each tool call has a block of its own, open until the call is whole. Used by one executor.
/// </summary>
/// <param name="continued">
/// The text of an answer that broke off, which this one repeats and goes on from. It comes with the first new text, so that
/// what the model thinks before does not tear it from its continuation, or when the run ends without any.
/// </param>
internal sealed class RunRecorder(LiveRun run, string continued = "")
{
    private readonly TextMender _text = new();
    private readonly List<OpenCall> _calls = [];
    private readonly HashSet<string> _called = [];
    private int _blocks;
    private int _block;
    private string? _kind;

    private string _continued = continued;

    /// <summary>UTF-16 units that the model has given so far, of all kinds.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the model has given anything yet, be it half a character.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>Adds text to the open block of this kind, which it opens where another one is open or none.</summary>
    /// <param name="kind">Text or Reasoning of <see cref="BlockStartedData"/>.</param>
    public ValueTask AddAsync(string kind, string text)
    {
        if (text.Length == 0)
            return ValueTask.CompletedTask;
        HasOutput = true;
        Open(kind);
        if (kind == BlockStartedData.Text && _continued.Length > 0)
            Repeat();
        return AddAsync(_block, _text.Mend(text));
    }

    /// <summary>Adds a piece of a tool call to its block, which the first piece opens.</summary>
    public ValueTask AddCallAsync(ToolCallDelta piece)
    {
        if (piece.Name != null)
            OpenCallBlock(piece.Index, piece.CallId ?? "", piece.Name);
        return _calls.FindLast(c => c.Index == piece.Index) is { } call ? AddAsync(call.Block, call.Arguments.Mend(piece.Arguments)) : ValueTask.CompletedTask;
    }

    /// <summary>A tool call is whole: its block ends. One that did not come in pieces is recorded now.</summary>
    public async ValueTask EndCallAsync(FunctionCallContent call)
    {
        string id = Short(call.CallId);
        if (!_called.Contains(id))
        {
            var opened = OpenCallBlock(int.MinValue, id, call.Name);
            // Without exception they are what the model wrote; with one nobody knows what that was.
            string arguments = call.Exception == null ? JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), Plain) : "";
            await AddAsync(opened.Block, opened.Arguments.Mend(arguments));
        }
        if (_calls.Find(c => c.Id == id) is { } whole)
            Close(whole);
    }

    /// <summary>Records what a tool gave that the provider itself ran.</summary>
    public void AddResult(FunctionResultContent result)
    {
        HasOutput = true;
        string text = StorableText.Of(result.Result switch
        {
            string s => s,
            null => "",
            var other => JsonSerializer.Serialize(other, Plain),
        });
        string kept = text.Length <= ToolResultData.MaxLength ? text : StorableText.Of(text[..ToolResultData.MaxLength]) + "…";
        string data = JsonSerializer.Serialize(new ToolResultData(Short(result.CallId), kept, result.Exception != null), RunEventJson.Default.ToolResultData);
        Length += data.Length;
        run.Append(RunEventKind.ToolResult, 0, data);
    }

    /// <summary>Ends what is open, and the answer with it.</summary>
    public void Finish()
    {
        if (_continued.Length > 0)
        {
            Open(BlockStartedData.Text);
            Repeat();
        }
        Close();
        while (_calls.Count > 0)
            Close(_calls[0]);
    }

    private ValueTask AddAsync(int block, string text)
    {
        if (text.Length == 0)
            return ValueTask.CompletedTask;
        Length += text.Length;
        return run.AppendDeltaAsync(block, text);
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
        (_kind, _block) = (kind, _blocks++);
        run.Append(RunEventKind.BlockStarted, _block, kind switch
        {
            BlockStartedData.Text => TextStarted,
            _ => JsonSerializer.Serialize(new BlockStartedData(kind), RunEventJson.Default.BlockStartedData),
        });
    }

    private void Close()
    {
        if (_kind == null)
            return;
        _kind = null;
        Close(_block, _text);
    }

    private OpenCall OpenCallBlock(int index, string id, string name)
    {
        HasOutput = true;
        // What is said after it is a block of its own.
        Close();
        var call = new OpenCall(index, Short(id), _blocks++, new TextMender());
        _calls.Add(call);
        _called.Add(call.Id);
        string started = JsonSerializer.Serialize(new BlockStartedData(BlockStartedData.ToolCall, call.Id, Short(name)), RunEventJson.Default.BlockStartedData);
        // Calls without arguments have an end, too.
        Length += started.Length;
        run.Append(RunEventKind.BlockStarted, call.Block, started);
        return call;
    }

    private void Close(OpenCall call)
    {
        _calls.Remove(call);
        Close(call.Block, call.Arguments);
    }

    private void Close(int block, TextMender text)
    {
        if (text.End() is { Length: > 0 } rest)
            run.Append(RunEventKind.BlockDelta, block, rest);
        run.Append(RunEventKind.BlockEnded, block, "");
    }

    private static string Short(string name) => StorableText.Of(name.Length <= MaxNameLength ? name : name[..MaxNameLength]);

    /// <summary>UTF-16 units of a call's id and of a tool's name; providers' own limits are far below.</summary>
    private const int MaxNameLength = 256;

    private static readonly JsonSerializerOptions Plain = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string TextStarted =
        JsonSerializer.Serialize(new BlockStartedData(BlockStartedData.Text), RunEventJson.Default.BlockStartedData);

    /// <param name="Index">As the provider counts them; <see cref="int.MinValue"/> for one that came whole.</param>
    private sealed record OpenCall(int Index, string Id, int Block, TextMender Arguments);
}
