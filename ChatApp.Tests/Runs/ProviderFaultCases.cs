using System.Globalization;
using ChatApp.Tests.Infrastructure;

namespace ChatApp.Tests.Runs;

/// <summary>What a provider does, and what has to become of the run.</summary>
/// <param name="Script">Its first answers, one per request.</param>
/// <param name="FinishReason">Of a completed run; null for one that fails.</param>
/// <param name="Code">Of a failed run; null for one that completes.</param>
/// <param name="Says">A part of what the person reads.</param>
/// <param name="Requests">How often it is asked: again only for what may pass, and only before the first token.</param>
internal sealed record FaultCase(
    Func<ScriptedAnswer, ScriptedAnswer>[] Script, string? FinishReason, string? Code, string Says = "", string Output = "", string? Reasoning = null, int Requests = 1)
{
    /// <summary>The provider by its place; all but the scripted one can't be reached.</summary>
    public string Provider { get; init; } = "scripted";

    /// <summary>Opened as soon as the first text has come to the client: a reset may overtake what was sent before it.</summary>
    public Gate? AfterText { get; init; }
}

internal static class FaultCases
{
    // What a provider may say about the request, which nobody but the log may read.
    private const string Indiscreet = "Key " + ProviderFaultApp.Key + " is bad <script>alert(1)</script>";

    public static readonly string[] Names = [.. New("openai").Keys];

    /// <summary>All of them, with gates that nobody has opened yet.</summary>
    public static Dictionary<string, FaultCase> New(string wire)
    {
        var drop = new Gate();
        var resetAfterReasoning = new Gate();
        return new()
        {
            ["refused"] = Unreachable("refusing", "can't be reached: the connection was refused"),
            ["unknown host"] = Unreachable("unknown", "can't be reached: its host name is unknown"),
            ["no TLS"] = Unreachable("plain", "can't be reached: no secure connection"),
            ["401"] = Fails("provider_unauthorized", "refused the API key", s => s.Status(401, message: Indiscreet)),
            ["403"] = Fails("provider_unauthorized", "does not allow this", s => s.Status(403, message: Indiscreet)),
            ["404"] = Fails("model_not_found", "does not know the model", s => s.Status(404, message: Indiscreet)),
            ["400"] = Fails("provider_rejected", "rejected the request (400)", s => s.Status(400, message: Indiscreet)),
            ["redirect"] = Fails("provider_rejected", "redirects", s => s.Status(307, location: "http://127.0.0.1:1/")),
            ["429 for long"] = Fails("provider_rate_limited", "no more requests for now", s => s.Status(429, retryAfter: "6", message: Indiscreet)),
            ["429 until a far date"] = Fails("provider_rate_limited", "no more requests for now", s => s.Status(429, retryAfter: Date(TimeSpan.FromDays(9)))),
            ["429 for a moment"] = Answers("stop", "ok", s => s.Status(429, retryAfter: "0"), s => s.Text("ok").Finish()) with { Requests = 2 },
            ["429 until a past date"] = Answers("stop", "ok", s => s.Status(429, retryAfter: Date(TimeSpan.FromDays(-9))), s => s.Text("ok").Finish()) with { Requests = 2 },
            ["429 for longer than 32 bits"] = Fails("provider_rate_limited", "no more requests for now", s => s.Status(429, retryAfter: "99999999999")),
            ["429 for milliseconds"] = Fails("provider_rate_limited", "no more requests for now", s => s.Status(429, retryAfter: "0\r\nretry-after-ms: 6000")),
            ["408"] = Answers("stop", "ok", s => s.Status(408), s => s.Text("ok").Finish()) with { Requests = 2 },
            ["429 with nonsense"] = Fails("provider_rate_limited", "no more requests for now", s => s.Status(429, retryAfter: "soon")) with { Requests = 2 },
            ["500"] = Fails("provider_error", "failed (500)", s => s.Status(500, message: Indiscreet)) with { Requests = 2 },
            ["503"] = Fails("provider_error", "failed (503)", s => s.Status(503, message: Indiscreet)) with { Requests = 2 },
            ["no stream"] = Fails("provider_invalid_response", "did not answer with a stream", s => s.Json("{\"key\":\"" + ProviderFaultApp.Key + "\"}")),
            ["error before text"] = Fails("provider_error", "reported an error", s => s.Error(Indiscreet)) with { Requests = 2 },
            ["error in mid-answer"] = Fails("provider_error", "reported an error", s => s.Text("par").Text("tial").Error(Indiscreet)) with { Output = "partial" },
            ["dropped before text"] = Fails("provider_dropped", "", s => s.Drop()) with { Requests = 2 },
            ["dropped in mid-answer"] = Fails("provider_dropped", "broke off", s => s.Text("partial").Wait(drop).Drop()) with { Output = "partial", AfterText = drop },
            ["dropped in mid-thought"] = Fails("provider_dropped", "broke off", s => s.Reasoning("partial").Wait(resetAfterReasoning).Drop()) with { Reasoning = "partial", AfterText = resetAfterReasoning },
            ["empty body"] = Fails("provider_dropped", "without saying that it is complete", s => s.End()) with { Requests = 2 },
            ["no finish reason"] = Fails("provider_dropped", "without saying that it is complete", s => s.Text("partial").End()) with { Output = "partial" },
            ["no end behind the finish reason"] = Answers("stop", "whole", s => s.Text("whole").Raw(FinishReasonOnly(wire)).End()),
            ["malformed"] = Fails("provider_invalid_response", "not a valid answer", s => s.Text("partial").Raw("event: content_block_delta\ndata: {\"oops\n\n").Finish()) with { Output = "partial" },
            ["malformed at once"] = Fails("provider_invalid_response", "not a valid answer", s => s.Raw("event: message_start\ndata: <html>\n\n").Finish()),
            ["length"] = Answers("length", "partial", s => s.Text("partial").Finish("length")),
            ["content filter"] = Answers("content_filter", "partial", s => s.Text("partial").Finish("content_filter")),
            ["empty answer"] = Answers("stop", "", s => s.Finish()),
            ["one byte per write"] = Answers("stop", "héllo 日本語 🙂 \"\\", s => s.OneBytePerWrite().NewLine("\r\n").Text("héllo 日本語 🙂 ").Text("\"\\").Finish()),
            ["half an emoji per delta"] = HalfEmojis(wire, "a🙂b", s => s.TextLiteral("a\\ud83d").TextLiteral("\\ude42b").Finish()),
            ["half an emoji"] = HalfEmojis(wire, "a\uFFFDb\uFFFD", s => s.TextLiteral("a\\ud83d").Text("b").TextLiteral("\\ud83d").Finish()),
            ["control characters"] = Answers("stop", "a\uFFFDb\r\nc\rd\n\u2028\u0001", s => s.Text("a\0b\r").Text("\nc\rd\n\u2028\u0001").Finish()),
            ["reasoning only"] = Answers("stop", "", s => s.Reasoning("Hm.").Finish()) with { Reasoning = "Hm." },
        };
    }

    /// <summary>What says that the answer is whole, and nothing of what follows it on the wire.</summary>
    public static string FinishReasonOnly(string wire) => wire == "openai"
        ? "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        : "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":5}}\n\n";

    private static FaultCase Unreachable(string provider, string says) =>
        new([s => s.Text("never").Finish()], null, "provider_unreachable", says, Requests: 0) { Provider = provider };

    // Anthropic's SDK refuses them, and then the run may not pass for whole; what came before stays (docs/concepts/agents-and-providers.md).
    private static FaultCase HalfEmojis(string wire, string output, Func<ScriptedAnswer, ScriptedAnswer> script) => wire == "openai"
        ? Answers("stop", "So: " + output, s => script(s.Text("So: ")))
        : Fails("provider_invalid_response", "not a valid answer", s => script(s.Text("So: "))) with { Output = "So: " };

    private static FaultCase Fails(string code, string says, params Func<ScriptedAnswer, ScriptedAnswer>[] script) => new(script, null, code, says);

    private static FaultCase Answers(string finishReason, string output, params Func<ScriptedAnswer, ScriptedAnswer>[] script) =>
        new(script, finishReason, null, Output: output);

    private static string Date(TimeSpan fromNow) => (TimeProvider.System.GetUtcNow() + fromNow).ToString("R", CultureInfo.InvariantCulture);
}
