using System.Text;

namespace ChatApp.Tests.Infrastructure;

/// <summary>What the scripted provider answers to one request, step by step. See <see cref="ScriptedProvider"/>.</summary>
public sealed class ScriptedAnswer
{
    internal List<ScriptedStep> Steps { get; } = [];
    internal int StatusCode { get; private set; } = 200;
    internal string? RetryAfter { get; private set; }
    internal string? Location { get; private set; }
    internal string? PlainBody { get; private set; }
    internal string LineEnd { get; private set; } = "\n";
    internal int? MaxWrite { get; private set; }

    /// <summary>A text delta; each call is one event and one write.</summary>
    public ScriptedAnswer Text(string text) => Add(new ScriptedStep.Text(text));

    /// <summary>Text deltas as they come from a source that each request has for itself: paced, endless, driven by the test.</summary>
    public ScriptedAnswer TextFrom(Func<CancellationToken, IAsyncEnumerable<string>> source) => Add(new ScriptedStep.TextFrom(source));

    public ScriptedAnswer Reasoning(string text) => Add(new ScriptedStep.Reasoning(text));

    /// <summary>A tool call whose arguments come in these fragments, each its own event.</summary>
    public ScriptedAnswer ToolCall(string id, string name, params string[] argumentFragments) =>
        Add(new ScriptedStep.ToolCall(id, name, argumentFragments));

    /// <summary>A text delta whose JSON string literal is given as it shall stand on the wire, without the quotes.</summary>
    public ScriptedAnswer TextLiteral(string jsonLiteral) => Add(new ScriptedStep.TextLiteral(jsonLiteral));

    /// <summary>The regular end with usage: stop, length, content_filter or tool_calls, translated for Anthropic.</summary>
    public ScriptedAnswer Finish(string reason = "stop", int inputTokens = 10, int outputTokens = 5) =>
        Add(new ScriptedStep.Finish(reason, inputTokens, outputTokens));

    /// <summary>An error frame after 200, then the body ends.</summary>
    public ScriptedAnswer Error(string message, string type = "server_error") => Add(new ScriptedStep.Error(message, type));

    /// <summary>These bytes as they are, whatever the wire.</summary>
    public ScriptedAnswer Raw(string text) => Add(new ScriptedStep.Raw(Encoding.UTF8.GetBytes(text)));

    /// <inheritdoc cref="Raw(string)"/>
    public ScriptedAnswer Raw(byte[] bytes) => Add(new ScriptedStep.Raw(bytes));

    /// <summary>Waits until the test opens the gate.</summary>
    public ScriptedAnswer Wait(Gate gate) => Add(new ScriptedStep.Wait(gate));

    /// <summary>Resets the connection.</summary>
    public ScriptedAnswer Drop() => Add(new ScriptedStep.Drop());

    /// <summary>Sends nothing more until the caller leaves.</summary>
    public ScriptedAnswer Hang() => Add(new ScriptedStep.Hang());

    /// <summary>Ends the body here, properly for HTTP but without a finish reason. The end of a script does the same.</summary>
    public ScriptedAnswer End() => Add(new ScriptedStep.End());

    /// <summary>Instead of a stream: this status with a JSON error body in the wire's format.</summary>
    public ScriptedAnswer Status(int code, string? retryAfter = null, string message = "scripted failure", string? location = null)
    {
        (StatusCode, RetryAfter, Location) = (code, retryAfter, location);
        return Add(new ScriptedStep.Error(message, "scripted"));
    }

    /// <summary>Instead of a stream: 200 with this body as application/json.</summary>
    public ScriptedAnswer Json(string body)
    {
        PlainBody = body;
        return this;
    }

    /// <summary>Each byte of the body is an HTTP chunk and a write of its own.</summary>
    public ScriptedAnswer OneBytePerWrite() => Split(1);

    /// <summary>The bytes of each event go out in writes of at most so many bytes, wherever that cuts.</summary>
    public ScriptedAnswer Split(int maxBytesPerWrite)
    {
        MaxWrite = maxBytesPerWrite;
        return this;
    }

    /// <summary>What ends the lines of the event stream: LF (default), CR LF or CR.</summary>
    public ScriptedAnswer NewLine(string lineEnd)
    {
        LineEnd = lineEnd;
        return this;
    }

    private ScriptedAnswer Add(ScriptedStep step)
    {
        Steps.Add(step);
        return this;
    }
}

internal abstract record ScriptedStep
{
    public sealed record Text(string Value) : ScriptedStep;

    public sealed record TextFrom(Func<CancellationToken, IAsyncEnumerable<string>> Source) : ScriptedStep;

    public sealed record TextLiteral(string Literal) : ScriptedStep;

    public sealed record Reasoning(string Value) : ScriptedStep;

    public sealed record ToolCall(string Id, string Name, string[] Fragments) : ScriptedStep;

    public sealed record Finish(string Reason, int InputTokens, int OutputTokens) : ScriptedStep;

    public sealed record Error(string Message, string Type) : ScriptedStep;

    public sealed record Raw(byte[] Bytes) : ScriptedStep;

    public sealed record Wait(Gate Gate) : ScriptedStep;

    public sealed record Drop : ScriptedStep;

    public sealed record Hang : ScriptedStep;

    public sealed record End : ScriptedStep;
}
