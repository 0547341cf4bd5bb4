using System.Text.RegularExpressions;
using System.Xml.Linq;
using ChatApp.Tests.Docs;
using Xunit;

namespace ChatApp.Tests.Architecture;

/// <summary>What people read in the pages exists in every language. The key of a text is its English.</summary>
public sealed partial class TextsTests
{
    private static readonly string Product = Path.Combine(DocsFiles.Root, "ChatApp");

    public static TheoryData<string> Translations => [.. Texts.Languages.Skip(1)];

    [Theory, MemberData(nameof(Translations))]
    public void Translation_OfEveryText_IsThere(string language) => Assert.Empty(Used().Except(Read(language).Keys, StringComparer.Ordinal));

    [Theory, MemberData(nameof(Translations))]
    public void Translation_OfNoText_IsGone(string language) => Assert.Empty(Read(language).Keys.Except(Used(), StringComparer.Ordinal));

    [Theory, MemberData(nameof(Translations))]
    public void Translation_Text_SaysSomethingWithTheSamePlaceholders(string language) =>
        Assert.DoesNotContain(Read(language), t => string.IsNullOrWhiteSpace(t.Value) || !Placeholders(t.Key).SetEquals(Placeholders(t.Value)));

    [Fact]
    public void Texts_EveryUse_NamesItsTextInPlace()
    {
        Assert.True(Used().Count > 300);
        Assert.Empty(Sources().SelectMany(source => AnyUse().Matches(source.Text).Select(use => $"{source.Name}: {use.Value}").Where(use => !Literal().IsMatch(use))));
    }

    [Theory]
    [InlineData("throw new RequestProblem(409, \"conflict\", $\"There is {a[b ? \"}\" : \"x y\"]} (of {c:N0}).\", \"field\");", "There is {0} (of {1:N0}).")]
    [InlineData("x => new(403, \"forbidden\", \"This is \\\"it\\\".\"); Other(\"Not this one.\")", "This is \"it\".")]
    [InlineData("notes.Add($\"“{file.Name}” is gone. {problem.Message}\")", "“{0}” is gone. {1}")]
    public void SpokenSentences_OfACall_AreItsTextWithPlaces(string code, string expected) => Assert.Equal([expected], SpokenSentences.In("Runs/X.cs", code));

    [Fact]
    public void SpokenSentences_OfTheProduct_AreFound() => Assert.True(Sources().SelectMany(s => SpokenSentences.In(s.Name, s.Text)).Distinct().Count() > 120);

    [Fact]
    public void Components_Markup_HasNoTextOfItsOwn() =>
        Assert.Empty(Sources().Where(s => s.Name.EndsWith(".razor", StringComparison.Ordinal)).SelectMany(source =>
            BareText().Matches(Markup(source.Text)).Select(m => $"{source.Name}: {m.Value.Trim()}").Where(found => !found.Contains("ChatApp<", StringComparison.Ordinal))));

    private static IEnumerable<(string Name, string Text)> Sources() => Directory.EnumerateFiles(Product, "*", SearchOption.AllDirectories)
        .Where(f => Path.GetExtension(f) is ".razor" or ".cs" && !GeneratedFolder().IsMatch(Path.GetRelativePath(Product, f)))
        .Select(f => (Path.GetRelativePath(Product, f), File.ReadAllText(f)));

    private static HashSet<string> Used() => [.. Sources().SelectMany(s => Literal().Matches(s.Text).Select(TextOf).Concat(SpokenSentences.In(s.Name, s.Text)))];

    private static string TextOf(Match use) =>
        use.Groups["raw"] is { Success: true } raw ? raw.Value
        : use.Groups["verbatim"] is { Success: true } verbatim ? verbatim.Value.Replace("\"\"", "\"", StringComparison.Ordinal)
        : Regex.Unescape(use.Groups["plain"].Value);

    /// <summary>The texts of a language by their English.</summary>
    internal static Dictionary<string, string> Read(string language) =>
        XDocument.Load(Path.Combine(Product, "Resources", $"Texts.{language}.resx")).Root!.Elements("data")
            .ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value, StringComparer.Ordinal);

    private static HashSet<string> Placeholders(string text) => [.. Placeholder().Matches(text).Select(m => m.Value)];

    /// <summary>What is drawn, without comments and code.</summary>
    private static string Markup(string razor) => NotDrawn().Replace(razor, "");

    [GeneratedRegex("""(?<!\w)(?:T|t|texts|Texts\.Current)\[[^\]]{0,30}""")]
    private static partial Regex AnyUse();

    [GeneratedRegex(""""(?<!\w)(?:T|t|texts|Texts\.Current)\[\s*(?:"""(?<raw>.+?)"""|@"(?<verbatim>(?:[^"]|"")*)"|"(?<plain>(?:[^"\\]|\\.)*))"""", RegexOptions.Singleline)]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?<!\{)\{\d+(?::\w+)?\}(?!\})")]
    private static partial Regex Placeholder();

    // Words between two tags, or as the value of an attribute that is read.
    [GeneratedRegex("""(?<![=\-?]|@\w*)>\s*[A-Z][a-z]+\b[^<>@{}=;]*<|(?:title|placeholder|aria-label|alt|Label)="[A-Z][a-z]+[^"@]*" """)]
    private static partial Regex BareText();

    [GeneratedRegex(@"@\*.*?\*@|^@code\s*\{.*|<svg.*?</svg>|<code>.*?</code>|^@\w+.*?$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex NotDrawn();

    [GeneratedRegex(@"^(obj|bin|Migrations|Data.Migrations)[\\/]")]
    private static partial Regex GeneratedFolder();
}
