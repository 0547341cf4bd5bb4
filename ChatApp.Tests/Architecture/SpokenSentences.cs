using System.Text;
using System.Text.RegularExpressions;

namespace ChatApp.Tests.Architecture;

/// <summary>The sentences that services say and pages translate, as they stand in the source: with {0} and so on for their values.</summary>
internal static partial class SpokenSentences
{
    // Nobody meets these in a page: the wire formats, the command line, and what only the two of them reach.
    private static readonly string[] ForPrograms =
        ["Dialects/", "CommandLine/", "Diagnostics/", "Data/", "Api.cs", "AgentAdmin.cs", "ProviderAdmin.cs", "DemoSeed.cs", "PointsLedger.cs", "PersonaConversations.cs", "Slugs.cs"];

    // All their sentences are for people.
    private static readonly string[] Whole = ["ProviderErrors.cs", "Importer.cs", "ConversationStore.cs", "MessageTreeCheck.cs", "ForeignConversation.cs"];

    /// <param name="name">Path of the file below the product's folder.</param>
    public static IEnumerable<string> In(string name, string code)
    {
        name = name.Replace('\\', '/');
        if (ForPrograms.Any(p => p.EndsWith('/') ? name.StartsWith(p, StringComparison.Ordinal) : name.EndsWith(p, StringComparison.Ordinal)))
            return [];
        code = Comment().Replace(code, "");
        var found = Whole.Any(w => name.EndsWith(w, StringComparison.Ordinal))
            ? Literals(code, 0, toTheEnd: true).Where(text => text.EndsWith('.') || text.EndsWith('}'))
            : Begin().Matches(code).SelectMany(m => Literals(code, m.Index + m.Length, toTheEnd: false));
        return found.Where(text => ForPeople().IsMatch(text) && !Named().IsMatch(text));
    }

    /// <summary>The string literals from here to the bracket that closes what is open, or to the end; not those within values.</summary>
    private static List<string> Literals(string code, int at, bool toTheEnd)
    {
        var found = new List<string>();
        for (int depth = 1; at < code.Length && (depth > 0 || toTheEnd); at++)
        {
            switch (code[at])
            {
                case '(':
                    depth++;
                    break;
                case ')':
                    depth--;
                    break;
                case '\'':
                    at = code.IndexOf('\'', code[at + 1] == '\\' ? at + 3 : at + 2);
                    break;
                case '"':
                    found.Add(Literal(code, ref at, isInterpolated: at > 0 && code[at - 1] == '$'));
                    break;
            }
        }
        return found;
    }

    /// <param name="at">At the opening quote; at the closing one when it returns.</param>
    private static string Literal(string code, ref int at, bool isInterpolated)
    {
        var text = new StringBuilder();
        int places = 0;
        for (at++; code[at] != '"'; at++)
        {
            if (code[at] == '\\')
                text.Append(code[++at] == 'n' ? '\n' : code[at]);
            else if (isInterpolated && code[at] == '{')
                text.Append('{').Append(places++).Append(Format(code, ref at)).Append('}');
            else
                text.Append(code[at]);
        }
        return text.ToString();
    }

    /// <summary>The format of a value, e.g. <c>:N0</c>; empty for none.</summary>
    private static string Format(string code, ref int at)
    {
        int colon = -1;
        for (int depth = 0; ; at++)
        {
            switch (code[at])
            {
                case '{' or '(' or '[':
                    depth++;
                    break;
                case ')' or ']':
                    depth--;
                    break;
                case '}' when --depth == 0:
                    return colon < 0 ? "" : code[colon..at];
                case ':' when depth == 1:
                    colon = at;
                    break;
                case '"':
                    Literal(code, ref at, isInterpolated: false);
                    break;
            }
        }
    }

    [GeneratedRegex(@"RequestProblem(?:\.Invalid|\.NotFound)?\(|\bnew\((?=\d{3},)|\bRunError(?: \w+ = new)?\(|\bProviderException\(|otes\.Add\(")]
    private static partial Regex Begin();

    [GeneratedRegex(@"^ ?(?:[A-Z“]|\{0\}).* [a-z]", RegexOptions.Singleline)]
    private static partial Regex ForPeople();

    // A message for the log.
    [GeneratedRegex(@"\{[A-Za-z]")]
    private static partial Regex Named();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
