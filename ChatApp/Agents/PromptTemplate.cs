using System.Text.RegularExpressions;

namespace ChatApp.Agents;

/// <summary>Prompts with places for values: <c>{{name}}</c>, white space around the name allowed.</summary>
public static partial class PromptTemplate
{
    /// <summary>Fills the places in one pass, so that a value which looks like a place stays as it is. An unknown name becomes nothing.</summary>
    public static string Render(string template, IReadOnlyDictionary<string, string> values) =>
        Place().Replace(template, place => values.GetValueOrDefault(place.Groups["name"].Value, ""));

    /// <summary>The names that the template asks for, each once, in order.</summary>
    public static IReadOnlyList<string> NamesIn(string template) => [.. Place().Matches(template).Select(m => m.Groups["name"].Value).Distinct()];

    [GeneratedRegex(@"\{\{\s*(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*\}\}")]
    private static partial Regex Place();
}
