using System.Reflection;
using System.Text.RegularExpressions;

namespace ChatApp.Providers.Demo;

/// <summary>A section of the docs.</summary>
/// <param name="Source">File and headings, as <c>docs/api.md › Runs › Start</c>.</param>
/// <param name="Text">Its markdown, without the heading and without the sections below it.</param>
public sealed record DocsSection(string Source, string Text);

/// <summary>
/// Keyword search over sections of markdown (BM25, headings count more). All of them are about what the README's title names,
/// so its words tell no section from another; a question that has no other words is answered by the README's introduction.
/// </summary>
public sealed partial class DocsIndex
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;
    private const int HeadingWeight = 4;
    private const string Readme = "README.md › ";

    private static readonly HashSet<string> Stopwords =
    [
        .. ("a an and any are as at be by can could do does for from get give had has have how i if in into is it its let may me my of on "
            + "one or our please should so some tell than that the their them then there these they this to use was we what when "
            + "where which who why will with would you your").Split(' '),
    ];

    private readonly List<(DocsSection Section, Dictionary<string, int> Terms, int Length)> _sections = [];
    private readonly Dictionary<string, int> _sectionsWith = [];
    private readonly double _meanLength;
    private readonly DocsSection? _introduction;
    private readonly HashSet<string> _subject;

    /// <param name="files">Path and markdown of each file.</param>
    public DocsIndex(IEnumerable<(string Path, string Markdown)> files)
    {
        DocsSection[] sections = [.. files.SelectMany(f => MarkdownSections.Split(f.Path, f.Markdown))];
        _introduction = sections.FirstOrDefault(s => s.Source.StartsWith(Readme, StringComparison.Ordinal));
        _subject = _introduction is null ? [] : [.. Words(_introduction.Source[Readme.Length..])];
        foreach (var section in sections)
            Add(section);
        _meanLength = _sections.Count == 0 ? 1 : _sections.Average(s => s.Length);
    }

    /// <summary>The product's own docs: README.md and docs/**/*.md, built into the assembly.</summary>
    public static DocsIndex FromResources()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return new DocsIndex(
            from name in assembly.GetManifestResourceNames()
            where name.EndsWith(".md", StringComparison.Ordinal)
            orderby name
            select (name.Replace('\\', '/'), Read(assembly, name)));
    }

    /// <summary>The best sections for the question, best first; none where no word of it occurs.</summary>
    public IReadOnlyList<DocsSection> Search(string question, int max)
    {
        string[] words = [.. Words(question).Distinct().Where(w => !_subject.Contains(w))];
        if (words.Length == 0 && _introduction is not null && Word().IsMatch(question))
            return [_introduction];
        return
        [
            .. _sections.Select(s => (s.Section, Score: words.Sum(w => Score(w, s.Terms, s.Length))))
                .Where(s => s.Score > 0)
                .OrderByDescending(s => s.Score)
                .Take(max)
                .Select(s => s.Section),
        ];
    }

    private void Add(DocsSection section)
    {
        var terms = new Dictionary<string, int>();
        int length = 0;
        Count(section.Text, 1);
        Count(section.Source, HeadingWeight);
        _sections.Add((section, terms, length));
        foreach (string word in terms.Keys)
            _sectionsWith[word] = _sectionsWith.GetValueOrDefault(word) + 1;

        void Count(string text, int weight)
        {
            foreach (string word in Words(text))
            {
                terms[word] = terms.GetValueOrDefault(word) + weight;
                length++;
            }
        }
    }

    private double Score(string word, Dictionary<string, int> terms, int length)
    {
        if (!terms.TryGetValue(word, out int count))
            return 0;
        int with = _sectionsWith[word];
        double rarity = Math.Log(1 + ((_sections.Count - with + 0.5) / (with + 0.5)));
        return rarity * count * (Saturation + 1) / (count + (Saturation * (1 - LengthWeight + (LengthWeight * length / _meanLength))));
    }

    private static IEnumerable<string> Words(string text) =>
        Word().Matches(text.ToLowerInvariant()).Select(m => m.Value).Where(w => !Stopwords.Contains(w)).Select(Stem);

    // Enough for "provider" to find "providers" and "streamed" to find "streaming".
    private static string Stem(string word) => word switch
    {
        { Length: > 5 } when word.EndsWith("ing", StringComparison.Ordinal) => word[..^3],
        { Length: > 4 } when word.EndsWith("ies", StringComparison.Ordinal) => word[..^3] + "y",
        { Length: > 4 } when word.EndsWith("ed", StringComparison.Ordinal) => word[..^2],
        { Length: > 3 } when word.EndsWith('s') && word[^2] != 's' => word[..^1],
        _ => word,
    };

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
