using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatApp.Tests.Infrastructure;

/// <summary>Writes the steps of a script as the events of one provider's stream, lines ended by LF.</summary>
internal abstract class ScriptedWire
{
    // As the real servers do: other scripts go out as UTF-8, not as escapes.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ScriptedWire For(ScriptedRequest request) =>
        request.Path.EndsWith("/messages", StringComparison.Ordinal) ? new AnthropicWire(request.Model) : new OpenAIWire(request);

    /// <summary>The events that open a stream.</summary>
    public abstract IEnumerable<string> Open();

    /// <summary>The events of one step that says something.</summary>
    public IEnumerable<string> Say(ScriptedStep step) => step switch
    {
        // The literal is not JSON that a serializer would write, so it is put in afterwards.
        ScriptedStep.TextLiteral t => Events(new ScriptedStep.Text("@literal@"))
            .Select(e => e.Replace("@literal@", t.Literal, StringComparison.Ordinal)),
        _ => Events(step),
    };

    /// <summary>The body of an error status.</summary>
    public abstract string ErrorBody(ScriptedStep.Error error);

    protected abstract IEnumerable<string> Events(ScriptedStep step);

    protected static string Json(object value) => JsonSerializer.Serialize(value, Relaxed);
}

internal sealed class OpenAIWire(ScriptedRequest request) : ScriptedWire
{
    private readonly bool usage = request.Json.ValueKind == JsonValueKind.Object
        && request.Json.TryGetProperty("stream_options", out var o) && o.GetProperty("include_usage").GetBoolean();
    private int calls;

    public override IEnumerable<string> Open() => [Delta(new { role = "assistant", content = "" })];

    public override string ErrorBody(ScriptedStep.Error error) =>
        Json(new { error = new { message = error.Message, type = error.Type, code = (string?)null } });

    protected override IEnumerable<string> Events(ScriptedStep step) => step switch
    {
        ScriptedStep.Text t => [Delta(new { content = t.Value })],
        ScriptedStep.Reasoning r => [Delta(new { reasoning_content = r.Value })],
        ScriptedStep.ToolCall c => Call(c, calls++),
        ScriptedStep.Finish f => Finish(f),
        ScriptedStep.Error e => [$"data: {ErrorBody(e)}\n\n"],
        _ => throw new NotSupportedException(step.ToString()),
    };

    private IEnumerable<string> Call(ScriptedStep.ToolCall call, int index)
    {
        yield return Delta(new { tool_calls = new[] { new { index, id = call.Id, type = "function", function = new { name = call.Name, arguments = "" } } } });
        foreach (string fragment in call.Fragments)
            yield return Delta(new { tool_calls = new[] { new { index, function = new { arguments = fragment } } } });
    }

    private IEnumerable<string> Finish(ScriptedStep.Finish finish)
    {
        yield return Delta(new { }, finish.Reason);
        if (usage)
        {
            yield return Chunk([], new
            {
                prompt_tokens = finish.InputTokens,
                completion_tokens = finish.OutputTokens,
                total_tokens = finish.InputTokens + finish.OutputTokens,
                prompt_tokens_details = new { cached_tokens = 3 },
                completion_tokens_details = new { reasoning_tokens = 2 },
            });
        }
        yield return "data: [DONE]\n\n";
    }

    private string Delta(object delta, string? finish = null) =>
        Chunk([new { index = 0, delta, logprobs = (object?)null, finish_reason = finish }], null);

    private string Chunk(object[] choices, object? usage)
    {
        var head = new { id = "chatcmpl-1", @object = "chat.completion.chunk", created = 1700000000, model = request.Model };
        object body = usage is null
            ? new { head.id, head.@object, head.created, head.model, choices }
            : new { head.id, head.@object, head.created, head.model, choices, usage };
        return $"data: {Json(body)}\n\n";
    }
}

internal sealed class AnthropicWire(string model) : ScriptedWire
{
    private string? open;
    private int index = -1;

    public override IEnumerable<string> Open()
    {
        var usage = new { input_tokens = 10, output_tokens = 1, cache_creation_input_tokens = 0, cache_read_input_tokens = 3 };
        var message = new
        {
            id = "msg_1", type = "message", role = "assistant", model, content = Array.Empty<object>(),
            stop_reason = (string?)null, stop_sequence = (string?)null, usage,
        };
        return [Event("message_start", new { type = "message_start", message }), Event("ping", new { type = "ping" })];
    }

    public override string ErrorBody(ScriptedStep.Error error) =>
        Json(new { type = "error", error = new { type = error.Type, message = error.Message } });

    protected override IEnumerable<string> Events(ScriptedStep step) => step switch
    {
        ScriptedStep.Text t => [.. Block("text", new { type = "text", text = "" }), Delta(new { type = "text_delta", text = t.Value })],
        ScriptedStep.Reasoning r =>
        [
            .. Block("thinking", new { type = "thinking", thinking = "", signature = "" }),
            Delta(new { type = "thinking_delta", thinking = r.Value }),
        ],
        ScriptedStep.ToolCall c =>
        [
            .. Block("tool_use " + c.Id, new { type = "tool_use", id = c.Id, name = c.Name, input = new { } }),
            .. c.Fragments.Select(f => Delta(new { type = "input_json_delta", partial_json = f })),
        ],
        ScriptedStep.Finish f => [.. Close(), .. Finish(f)],
        ScriptedStep.Error e => [$"event: error\ndata: {ErrorBody(e)}\n\n"],
        _ => throw new NotSupportedException(step.ToString()),
    };

    private static string[] Finish(ScriptedStep.Finish finish)
    {
        string reason = finish.Reason switch
        {
            "stop" => "end_turn",
            "length" => "max_tokens",
            "content_filter" => "refusal",
            "tool_calls" => "tool_use",
            var other => other,
        };
        var delta = new { stop_reason = reason, stop_sequence = (string?)null };
        return
        [
            Event("message_delta", new { type = "message_delta", delta, usage = new { output_tokens = finish.OutputTokens } }),
            Event("message_stop", new { type = "message_stop" }),
        ];
    }

    // The next content block opens when the kind of content changes.
    private string[] Block(string kind, object block)
    {
        if (open == kind)
            return [];
        string[] closing = Close();
        open = kind;
        index++;
        return [.. closing, Event("content_block_start", new { type = "content_block_start", index, content_block = block })];
    }

    private string[] Close()
    {
        if (open is null)
            return [];
        open = null;
        return [Event("content_block_stop", new { type = "content_block_stop", index })];
    }

    private string Delta(object delta) => Event("content_block_delta", new { type = "content_block_delta", index, delta });

    private static string Event(string type, object data) => $"event: {type}\ndata: {Json(data)}\n\n";
}
