using System.Text.RegularExpressions;
using ChatApp.Data;

namespace ChatApp.Settings;

/// <summary>The rule for names of providers and agents in addresses and in the API.</summary>
public static partial class Slugs
{
    /// <exception cref="RequestProblem">It is not a slug.</exception>
    public static void Validate(string slug, string field = "slug")
    {
        if (!IsSlug(slug))
            throw RequestProblem.Invalid(field, $"A {field} has 1 to 63 lower-case letters, digits and hyphens, and does not begin with a hyphen.");
    }

    /// <summary>Whether it is 1 to 63 lower-case letters, digits and hyphens, the first no hyphen.</summary>
    public static bool IsSlug(string text) => Slug().IsMatch(text);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex Slug();
}
