using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatApp.Tests.Conformance;

/// <summary>
/// The places in a trace whose value is not known before. {id:1} is a UUID and {text:name} the inside of a JSON string, the same
/// wherever they stand again and different from each other; {id} is any UUID, {text} any such string, {time} an ISO 8601 time in
/// UTC, {unix} seconds as a JSON float, {int} a whole number, {any} whatever stands on the line, {piece} a piece of an answer.
/// {key} is the caller's API key, {user} the caller's account; other names come from the arrangement.
/// </summary>
internal sealed partial class TraceValues
{
    private readonly Dictionary<string, string> _known = [];

    public string this[string name]
    {
        get => _known[name];
        set => _known[name] = value;
    }

    /// <summary>A text with all places filled in.</summary>
    public string Fill(string text) => Place().Replace(text, place =>
        _known.TryGetValue(place.Groups["name"].Value, out string? value) ? value : throw new FormatException($"{place.Value} is not known yet."));

    /// <summary>Whether a line is what is expected; remembers what it finds in new places.</summary>
    public bool Matches(string expected, string line)
    {
        var found = new List<string>();
        var match = Regex.Match(line, $@"\A{PatternOf(expected, found)}\z", RegexOptions.CultureInvariant);
        if (!match.Success)
            return false;
        for (int i = 0; i < found.Count; i++)
        {
            string value = match.Groups[$"p{i}"].Value;
            bool isWrong = _known.TryGetValue(found[i], out string? earlier)
                ? earlier != value
                : found[i].StartsWith("id:", StringComparison.Ordinal) && _known.ContainsValue(value);
            if (isWrong)
                return false;
            _known[found[i]] = value;
        }
        return true;
    }

    /// <summary>
    /// A pattern for events with a piece of the answer, in its group <c>piece</c>, as they come and as a trace expects them:
    /// its other places take any value, and places of a trace.
    /// </summary>
    public static Regex DeltaPattern(string expected)
    {
        string pattern = Place().Replace(Regex.Escape(expected).Replace(@"\{", "{", StringComparison.Ordinal), place => place.Groups["name"].Value switch
        {
            "piece" => $"){PiecePattern}(?<after>",
            var kind => $@"(?:\{{[a-z:0-9-]+\}}|{AnyOf(kind)})",
        });
        return new Regex(@$"\A(?<before>{pattern})\z", RegexOptions.CultureInvariant);
    }

    private const string PiecePattern = """(?<piece>(?:[^"\\]|\\.)+)""";

    private string PatternOf(string expected, List<string> found)
    {
        var pattern = new System.Text.StringBuilder();
        int at = 0;
        foreach (Match place in Place().Matches(expected))
        {
            pattern.Append(Regex.Escape(expected[at..place.Index]));
            string name = place.Groups["name"].Value;
            if (_known.TryGetValue(name, out string? value))
                pattern.Append(Regex.Escape(value));
            else if (!name.Contains(':', StringComparison.Ordinal))
                pattern.Append(AnyOf(name));
            else
            {
                pattern.Append(CultureInfo.InvariantCulture, $"(?<p{found.Count}>{AnyOf(name.Split(':')[0])})");
                found.Add(name);
            }
            at = place.Index + place.Length;
        }
        return pattern.Append(Regex.Escape(expected[at..])).ToString();
    }

    private static string AnyOf(string kind) => kind switch
    {
        "id" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "text" => """(?:[^"\\]|\\.)*""",
        "time" => @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z",
        "unix" => @"\d{10}\.\d{1,7}",
        "int" => @"\d+",
        "any" => ".*?",
        "piece" => PiecePattern,
        _ => throw new FormatException($"{{{kind}}} is nothing."),
    };

    // JSON objects have quotes or white space behind their brace.
    [GeneratedRegex(@"\{(?<name>[a-z][a-z_-]*(?::[A-Za-z0-9_-]+)?)\}")]
    private static partial Regex Place();
}
