using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatApp.Data;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Shared;

/// <summary>
/// Says in the reader's language what services say in English: the services' own words stay English for programs, logs and the
/// database, and are translated where they are shown.
/// </summary>
internal static partial class Sentences
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<(string Text, int Words, Regex Pattern)>> Known = new();

    public static string Say(this IStringLocalizer localizer, RequestProblem problem) =>
        problem.Sentence is { Values: [_, ..] values } sentence ? localizer[sentence.Format, values] : localizer.Say(problem.Message);

    /// <summary>Says anew what is stored as a whole: known words around values, such as a provider's name. Other words stay as they are.</summary>
    public static string Say(this IStringLocalizer localizer, string english)
    {
        if (localizer[english] is { ResourceNotFound: false } same)
            return same;
        var known = Known.GetOrAdd(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, _ => Read(localizer));
        foreach (var (text, _, pattern) in known)
        {
            if (pattern.Match(english) is { Success: true } match)
                return localizer[text, [.. match.Groups.Values.Skip(1).Select(value => IsName(value.Value) ? value.Value : localizer.Say(value.Value))]];
        }
        return english;
    }

    // Those with the most words of their own go first: what fits them fits them best.
    private static List<(string Text, int Words, Regex Pattern)> Read(IStringLocalizer localizer)
    {
        // English has no file.
        if (!Texts.Languages.Skip(1).Contains(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName))
            return [];
        var sentences = from text in localizer.GetAllStrings(includeParentCultures: true)
                        let places = Place().Matches(text.Name)
                        let words = text.Name.Length - places.Sum(p => p.Length)
                        where places.Count > 0 && words >= 9
                        orderby words descending
                        select (text.Name, words, new Regex($"^{Place().Replace(Regex.Escape(text.Name), "(.*?)")}$", RegexOptions.Singleline | RegexOptions.NonBacktracking));
        return [.. sentences];
    }

    private static bool IsName(string value) => !value.Contains(' ', StringComparison.Ordinal);

    [GeneratedRegex(@"\\?\{\d+(?::\w+)?\}")]
    private static partial Regex Place();
}
