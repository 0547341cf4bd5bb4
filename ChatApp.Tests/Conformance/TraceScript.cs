using System.Globalization;
using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;

namespace ChatApp.Tests.Conformance;

/// <summary>What the model says to one request, as a line <c>provider:</c> of a <see cref="Trace"/> tells it.</summary>
internal sealed partial class TraceScript
{
    private readonly List<Func<ScriptedAnswer, ScriptedAnswer>> _steps = [];
    private readonly List<Gate> _gates = [];

    public string Model { get; private set; } = "trace";

    /// <summary>Whether it sends all at once.</summary>
    public bool IsBurst { get; private set; }

    public ScriptedAnswer Write(ScriptedAnswer answer) => _steps.Aggregate(answer, (a, step) => step(a));

    /// <summary>Lets the pieces go that follow those whose events the client has.</summary>
    public void Received(int deltas)
    {
        for (int i = 0; i < Math.Min(deltas, _gates.Count); i++)
            _gates[i].Open();
    }

    public static TraceScript Parse(string line)
    {
        var script = new TraceScript();
        var (input, output) = (10, 5);
        bool ended = false, joins = false, first = true;
        string? before = null;
        foreach (string word in Word().Matches(line).Select(m => m.Value))
        {
            if (word[0] == '"' && before == "think")
                script._steps.Add(a => a.Reasoning(word[1..^1]));
            else if (word[0] == '"')
            {
                if (!first && !joins && !script.IsBurst)
                    script.AddGate();
                script._steps.Add(a => a.TextLiteral(word[1..^1]));
                (first, joins) = (false, false);
            }
            else if (word == "+")
                joins = true;
            else if (word.StartsWith("model=", StringComparison.Ordinal))
                script.Model = word[6..];
            else if (word.StartsWith("usage=", StringComparison.Ordinal))
                (input, output) = (Number(word[6..word.IndexOf('/', StringComparison.Ordinal)]), Number(word[(word.IndexOf('/', StringComparison.Ordinal) + 1)..]));
            else if (word == "burst")
                script.IsBurst = true;
            else if (before == "status")
            {
                script._steps.Add(a => a.Status(Number(word)));
                ended = true;
            }
            else if (word is "fail" or "drop")
            {
                // What came before has to be an event of its own, not lost with the connection.
                if (!first && !script.IsBurst)
                    script.AddGate();
                script._steps.Add(word == "fail" ? a => a.Error("boom") : a => a.Drop());
                ended = true;
            }
            else if (word is "finish" or "length")
            {
                script._steps.Add(a => a.Finish(word == "length" ? word : "stop", input, output));
                ended = true;
            }
            else if (word is not ("drip" or "think" or "status"))
                throw new FormatException($"A provider does not {word}.");
            before = word;
        }
        if (!ended)
            script._steps.Add(a => a.Finish("stop", input, output));
        return script;
    }

    private void AddGate()
    {
        var gate = new Gate();
        _gates.Add(gate);
        _steps.Add(a => a.Wait(gate));
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|\+|[^\s"+]+
        """)]
    private static partial Regex Word();
}
