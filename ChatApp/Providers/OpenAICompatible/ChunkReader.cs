using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>
/// Reads the chunks of one answer and collects what they bring until <see cref="Take"/> makes an update of it. One pass over
/// the UTF-8 bytes and no object per chunk: a busy server sees a million of them a second.
/// </summary>
internal sealed class ChunkReader(ProviderErrors errors) : IDisposable
{
    private enum TextKind { Content, Reasoning }

    private readonly DeltaText _text = new();
    private readonly ChunkFrame _frame = new();
    private TextKind _kind;
    private TextKind _frameKind;

    // Of the chunk that is being read: how many of its parts have an effect, and where the last text among them stands.
    private int _effects;
    private int _textStart;
    private int _textLength;

    // Of the answer.
    private List<AIContent>? _before;
    private int _beforeUnits;
    private ToolCallParts? _calls;
    private UsageDetails? _usage;
    private ChatFinishReason? _unsentFinish;

    /// <summary>Whether the finish reason has come.</summary>
    public bool Finished { get; private set; }

    /// <summary>Whether <c>[DONE]</c> has come.</summary>
    public bool Done { get; private set; }

    public bool HasUpdate => _text.HasText || _before is not null || _unsentFinish is not null;

    /// <summary>UTF-16 units waiting for <see cref="Take"/>: text, and what a piece costs by itself.</summary>
    public int Waiting => _beforeUnits + _text.Length;

    /// <summary>Takes the events that are whole.</summary>
    /// <exception cref="ProviderException">One is the provider's report of an error.</exception>
    /// <exception cref="JsonException">One is not a chunk.</exception>
    public void Read(EventReader events)
    {
        while (!Done && events.TryRead(out bool isError, out var data))
            Read(isError, data);
    }

    private void Read(bool isError, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;
        if (data.StartsWith("[DONE]"u8))
        {
            Done = true;
            return;
        }
        if (isError)
            throw errors.FromFrame(Encoding.UTF8.GetString(data));
        if (_frame.TryRead(data, out var same))
        {
            if (!same.IsEmpty)
            {
                Turn(_frameKind);
                _text.Append(same);
            }
            return;
        }
        (_effects, _textLength) = (0, 0);
        ReadObject(data);
        if (_effects == 1 && _textLength > 0)
        {
            _frame.Keep(data, _textStart, _textLength);
            _frameKind = _kind;
        }
    }

    private void ReadObject(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A chunk is not an object.");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("choices"u8))
                ReadChoices(ref json);
            else if (json.ValueTextEquals("usage"u8))
                ReadUsage(ref json);
            else if (json.ValueTextEquals("error"u8))
                ReadError(ref json, data);
            else
                json.Skip();
        }
    }

    /// <summary>Makes an update of all that has come since the last one. Only where <see cref="HasUpdate"/>.</summary>
    public ChatResponseUpdate Take()
    {
        IList<AIContent> contents = (IList<AIContent>?)_before ?? [];
        (_before, _beforeUnits) = (null, 0);
        if (_text.HasText)
        {
            var content = Content(_text.Take());
            if (contents.Count == 0)
                contents = new AIContent[] { content };
            else
                contents.Add(content);
        }
        var update = new ChatResponseUpdate(ChatRole.Assistant, contents) { FinishReason = _unsentFinish };
        _unsentFinish = null;
        return update;
    }

    /// <summary>The last usage report, or null. Once, at the end: some servers repeat a running total in every chunk.</summary>
    public ChatResponseUpdate? TakeUsage()
    {
        var update = _usage is null ? null : new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(_usage)]);
        _usage = null;
        return update;
    }

    /// <summary>No more chunks will come.</summary>
    public void Close() => _text.Close();

    public void Dispose()
    {
        _text.Dispose();
        _calls?.Dispose();
    }

    private void ReadChoices(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
                throw new JsonException("A choice is not an object.");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("delta"u8))
                    ReadDelta(ref json);
                else if (json.ValueTextEquals("finish_reason"u8))
                    ReadFinish(ref json);
                else
                    json.Skip();
            }
        }
    }

    private void ReadDelta(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("content"u8) || json.ValueTextEquals("refusal"u8))
                ReadText(ref json, TextKind.Content);
            else if (json.ValueTextEquals("reasoning_content"u8) || json.ValueTextEquals("reasoning"u8))
                ReadText(ref json, TextKind.Reasoning);
            else if (json.ValueTextEquals("tool_calls"u8))
                ReadToolCalls(ref json);
            else
                json.Skip();
        }
    }

    private void ReadText(ref Utf8JsonReader json, TextKind next)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return;
        }
        if (json.ValueSpan.IsEmpty)
            return;
        Turn(next);
        _text.Append(ref json);
        _effects++;
        (_textStart, _textLength) = ((int)json.TokenStartIndex + 1, json.ValueSpan.Length);
    }

    private void Turn(TextKind next)
    {
        if (next == _kind)
            return;
        EndText();
        _kind = next;
    }

    private void ReadToolCalls(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
            return;
        _effects++;
        var deltas = (_calls ??= new ToolCallParts()).Read(ref json);
        EndText();
        foreach (var delta in deltas)
            AddBefore(delta, delta.Arguments.Length);
    }

    private void ReadFinish(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String || json.ValueSpan.IsEmpty)
        {
            json.Skip();
            return;
        }
        _unsentFinish = json.ValueTextEquals("stop"u8) ? ChatFinishReason.Stop
            : json.ValueTextEquals("length"u8) ? ChatFinishReason.Length
            : json.ValueTextEquals("content_filter"u8) ? ChatFinishReason.ContentFilter
            : json.ValueTextEquals("tool_calls"u8) || json.ValueTextEquals("function_call"u8) ? ChatFinishReason.ToolCalls
            : new ChatFinishReason(json.GetString()!);
        Finished = true;
        _effects++;
        if (_calls is null)
            return;
        EndText();
        foreach (var call in _calls.Take())
            AddBefore(call, 0);
    }

    private void ReadUsage(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        _usage = UsageReader.Read(ref json);
        _effects++;
    }

    private void ReadError(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.Null)
            throw errors.FromFrame(Encoding.UTF8.GetString(data));
    }

    // Text of one kind is complete as far as the order of contents goes.
    private void EndText()
    {
        _text.Close();
        int units = _text.Length;
        if (_text.HasText)
            AddBefore(Content(_text.Take()), units);
    }

    private void AddBefore(AIContent content, int units)
    {
        (_before ??= []).Add(content);
        _beforeUnits += units + UnitsPerPiece;
    }

    /// <summary>About what an empty piece takes in memory.</summary>
    private const int UnitsPerPiece = 64;

    private AIContent Content(string value) => _kind == TextKind.Content ? new TextContent(value) : new TextReasoningContent(value);
}
