using System.Text.RegularExpressions;

namespace ChatApp.Tests.Conformance;

/// <summary>
/// A file <c>Traces/Dialect/case.trace</c>: what a client sends and, to the byte, what it gets. Lines that begin with <c>#</c> and
/// empty lines between exchanges mean nothing.
/// <code>
/// app: Accounts:AllowRegistration=true         an application of its own with these settings (none: app: fresh)
/// arrange: guest-session                       what CommonArrangements or the dialect's ITraceSetup does under that name
/// delta: data: {"token":"{piece}"}             what an event with a piece of the answer looks like (\n: its next line)
/// provider: drip "Hel" "lo"                    next answer of the model p/trace; its pieces are JSON string literals as on the wire
/// > POST /chat/stream                          the request: line, headers, an empty line, the body's lines
/// > Authorization: Bearer {key}
/// >
/// > {"message":"Hi"}
/// &lt; 200                                        the answer: status, those headers that matter ({absent}: must not be there)
/// &lt; Content-Type: text/event-stream
/// &lt;
/// &lt; : open                                     every line of the body, joined by LF: a body that ends in LF LF ends in two empty ones
/// &lt;
/// &lt; data: {"token":"Hel"}
/// &lt;
/// &lt;
/// end                                          or cut: whether the response ended as HTTP says
/// </code>
/// Several exchanges may follow each other; what one has found out ({id:1}, {text:name}) the next may send.
/// <para>
/// provider: <c>drip</c> sends a piece when the client has the event of the one before (pieces joined by <c>+</c> go together);
/// <c>burst</c> sends all at once, then events that stand beside each other are compared as one. Before it: <c>model=name</c>,
/// <c>usage=10/5</c>. Between the pieces: <c>think "…"</c>. Behind them: <c>finish</c> (default), <c>length</c>, <c>fail</c> (an
/// error event), <c>drop</c> (the connection breaks), <c>status 429</c>. Several lines answer one request each.
/// </para>
/// </summary>
internal sealed partial class Trace
{
    /// <summary>Settings of an application of its own; null for the dialect's common one.</summary>
    public IReadOnlyList<(string Name, string Value)>? App { get; private set; }

    /// <summary>What an event with a piece of the answer looks like; null where none is expected.</summary>
    public string? Delta { get; private set; }

    public List<object> Steps { get; } = [];

    public static Trace Read(string path)
    {
        var trace = new Trace();
        var (request, answer) = (new List<string>(), new List<string>());
        foreach (string line in File.ReadAllLines(path))
        {
            if (line.StartsWith('>'))
                request.Add(Content(line));
            else if (line.StartsWith('<'))
                answer.Add(Content(line));
            else if (line is "end" or "cut")
            {
                trace.Steps.Add(Exchange.Of(request, answer, line == "end"));
                (request, answer) = ([], []);
            }
            else if (line.Length > 0 && line[0] != '#')
                trace.AddDirective(line);
        }
        return request.Count == 0 && answer.Count == 0 ? trace : throw new FormatException("The last exchange has neither end nor cut.");
    }

    private void AddDirective(string line)
    {
        if (Directive().Match(line) is not { Success: true } match)
            throw new FormatException($"What is: {line}");
        string value = match.Groups["value"].Value;
        switch (match.Groups["name"].Value)
        {
            case "app":
                App = value == "fresh" ? [] : [.. value.Split(' ').Select(s => s.Split('=', 2)).Select(p => (p[0], p[1]))];
                break;
            case "delta":
                Delta = value.Replace(@"\n", "\n", StringComparison.Ordinal);
                break;
            case "arrange":
                Steps.Add(new Arrangement(value));
                break;
            case "provider":
                Steps.Add(TraceScript.Parse(value));
                break;
        }
    }

    // An editor takes the space from the end of a line.
    private static string Content(string line) => line.Length < 2 ? "" : line[2..];

    [GeneratedRegex("^(?<name>app|delta|arrange|provider): *(?<value>.+)$")]
    private static partial Regex Directive();

    /// <summary>Something that the dialect's setup does.</summary>
    internal sealed record Arrangement(string Name);

    /// <summary>A request and its answer.</summary>
    internal sealed record Exchange(
        string RequestLine, IReadOnlyList<string> RequestHeaders, string? Body,
        string Status, IReadOnlyList<(string Name, string Value)> Headers, IReadOnlyList<string> Lines, bool Ends)
    {
        public static Exchange Of(List<string> request, List<string> answer, bool ends)
        {
            var (requestHead, requestBody) = Split(request);
            var (head, body) = Split(answer);
            return new Exchange(
                requestHead[0], requestHead[1..], requestBody.Count == 0 ? null : string.Join('\n', requestBody),
                head[0], [.. head.Skip(1).Select(h => h.Split(": ", 2)).Select(p => (p[0], p[1]))], body, ends);
        }

        private static (List<string> Head, List<string> Body) Split(List<string> lines) => lines.IndexOf("") is var end and >= 0
            ? (lines[..end], lines[(end + 1)..])
            : (lines, []);
    }
}
