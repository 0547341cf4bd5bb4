using System.Reflection;
using System.Text.RegularExpressions;

namespace ChatApp.Providers.Demo;

/// <summary>A section of the docs.</summary>
/// <param name="Source">File and headings, as <c>docs/api.md › Runs › Start</c>.</param>
/// <param name="Text">Its markdown, without the heading and without the sections below it; of a long table only the row that was looked for.</param>
public sealed record DocsSection(string Source, string Text);

/// <summary>
/// Keyword search over sections of markdown: BM25 over a section's text, and over its own heading, which counts more. The rows of
/// its tables are found by themselves, the first cell being their heading, but count less than a whole section. All sections are about
/// what the README's title names, so its words tell no section from another; a question that has no other words is answered by the
/// section whose heading has them, else by the README's introduction. A section that lacks the words that make up most of a question
/// does not answer it.
/// </summary>
public sealed partial class DocsIndex
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;
    private const double HeadingWeight = 2;
    private const double RowWeight = 0.6;
    private const double LeastShare = 0.4;
    private const int LongSection = 600;
    private const string Readme = "README.md › ";

    private static readonly HashSet<string> Stopwords =
    [
        .. ("a about am an and any anybody anything are as at be by can could do does for from get give had has have how i if in into is it its let may me my of "
            + "on one or our please product real should show so some something tell than that the their them then there these they this to use want was we "
            + "what when where which who why will with would you your").Split(' '),
    ];

    // What people say for what the docs call otherwise; by stems.
    private static readonly Dictionary<string, string> Synonyms = new()
    {
        ["kil"] = "crash", ["sigkil"] = "crash", ["upload"] = "file", ["attachment"] = "file", ["domain"] = "origin", ["cor"] = "origin",
    };

    private readonly Entry[] _entries;
    private readonly Entry[] _rows;
    private readonly Dictionary<string, int> _entriesWith;
    private readonly double _meanText;
    private readonly double _meanHeading;
    private readonly DocsSection? _introduction;
    private readonly HashSet<string> _subject;

    /// <param name="files">Path and markdown of each file.</param>
    public DocsIndex(IEnumerable<(string Path, string Markdown)> files)
    {
        DocsSection[] sections = [.. files.SelectMany(f => MarkdownSections.Split(f.Path, f.Markdown))];
        _introduction = sections.FirstOrDefault(s => s.Source.StartsWith(Readme, StringComparison.Ordinal));
        _subject = _introduction is null ? [] : [.. Words(_introduction.Source[Readme.Length..])];
        _entries = [.. sections.Select(Entry.Of)];
        _rows = [.. sections.SelectMany(MarkdownSections.Rows).Select(r => Entry.OfRow(r.Row, r.FirstCell))];
        _entriesWith = _entries.SelectMany(e => e.Text.Counts.Keys.Union(e.Heading.Counts.Keys)).CountBy(w => w).ToDictionary();
        _meanText = _entries.Select(e => (double)e.Text.Length).DefaultIfEmpty(1).Average();
        _meanHeading = _entries.Select(e => (double)e.Heading.Length).DefaultIfEmpty(1).Average();
    }

    /// <summary>The product's own docs: README.md and docs/**/*.md, built into the assembly, but for those that are for its developers.</summary>
    public static DocsIndex FromResources()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return new DocsIndex(
            from name in assembly.GetManifestResourceNames()
            where name.EndsWith(".md", StringComparison.Ordinal)
            orderby name
            select (name.Replace('\\', '/'), Read(assembly, name)));
    }

    /// <summary>The best sections for the question, best first; none where the docs do not have what it asks for.</summary>
    public IReadOnlyList<DocsSection> Search(string question, int max)
    {
        string[] asked = [.. Words(question).Distinct().Where(w => !_subject.Contains(w))];
        // No section is known by a single letter or digit.
        string[] words = [.. asked.Where(w => w.Length > 1)];
        if (asked.Length == 0 && _introduction is not null && Word().IsMatch(question))
            return [FindByHeading(question) ?? _introduction];
        double least = words.Sum(Rarity) * LeastShare;
        return
        [
            .. _entries.Select(e => (Entry: e, Weight: 1.0)).Concat(_rows.Select(r => (Entry: r, Weight: RowWeight)))
                .Where(e => words.Where(e.Entry.Has).Sum(Rarity) is > 0 and var share && share >= least)
                .Select(e => (e.Entry.Section, Score: e.Weight * words.Where(e.Entry.Has).Sum(w => Rarity(w) * e.Entry.Weight(w, _meanText, _meanHeading))))
                .OrderByDescending(e => e.Score)
                // A row is shown in its section's place.
                .DistinctBy(e => e.Section.Source)
                .Take(max)
                .Select(e => Narrowed(e.Section, words)),
        ];
    }

    /// <summary>Of a long section the row that has all that the section has of the question; the section itself where there is none.</summary>
    private DocsSection Narrowed(DocsSection section, string[] words)
    {
        if (section.Text.Length < LongSection)
            return section;
        double share = words.Where(Entry.Of(section).Has).Sum(Rarity);
        return _rows.Where(r => r.Section.Source == section.Source && words.Where(r.Has).Sum(Rarity) >= share)
            .MaxBy(r => words.Where(r.Has).Sum(w => Rarity(w) * r.Weight(w, _meanText, _meanHeading)))?.Section ?? section;
    }

    /// <summary>The section whose heading has all words of a question that else has none: "What can it do?".</summary>
    private DocsSection? FindByHeading(string question)
    {
        string[] words = [.. AllWords(question).Where(w => w is not ("it" or "you" or "this") && !_subject.Contains(Stem(w)))];
        return words.Length < 2 ? null : _entries.FirstOrDefault(
            e => AllWords(e.Section.Source[(e.Section.Source.LastIndexOf('›') + 1)..]).ToHashSet().IsSupersetOf(words))?.Section;
    }

    private double Rarity(string word)
    {
        int with = _entriesWith.GetValueOrDefault(word);
        return Math.Log(1 + ((_entries.Length - with + 0.5) / (with + 0.5)));
    }

    private static IEnumerable<string> AllWords(string text) => Word().Matches(text.ToLowerInvariant()).Select(m => m.Value);

    private static IEnumerable<string> Words(string text) =>
        AllWords(text).Where(w => !Stopwords.Contains(w)).Select(Stem).Select(w => Synonyms.GetValueOrDefault(w, w));

    // Enough for "provider" to find "providers", "streamed" to find "streaming" and "stop" to find "stopped".
    private static string Stem(string word)
    {
        string stem = word switch
        {
            { Length: > 5 } when word.EndsWith("ing", StringComparison.Ordinal) => word[..^3],
            { Length: > 4 } when word.EndsWith("ies", StringComparison.Ordinal) => word[..^3] + "y",
            { Length: > 4 } when word.EndsWith("ed", StringComparison.Ordinal) => word[..^2],
            { Length: > 3 } when word.EndsWith('s') && word[^2] != 's' => word[..^1],
            _ => word,
        };
        if (stem.Length > 3 && stem[^1] == 'e')
            stem = stem[..^1];
        return stem.Length > 3 && stem[^1] == stem[^2] ? stem[..^1] : stem;
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    /// <summary>Where a word begins within a setting's name.</summary>
    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Capital();

    /// <summary>Examples in a programming language: their names are not what people ask for, unlike the commands of a shell.</summary>
    [GeneratedRegex("^```(?:js|ts|tsx|python)\\b.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Program();

    private sealed record Entry(DocsSection Section, Field Heading, Field Text)
    {
        public static Entry Of(DocsSection section)
        {
            int own = section.Source.LastIndexOf('›') + 1;
            return new Entry(section, Field.Of(section.Source[own..]), Field.Of(section.Source[..own] + Program().Replace(section.Text, "")));
        }

        /// <summary>A row answers in the words of its section's own heading, too.</summary>
        public static Entry OfRow(DocsSection row, string firstCell)
        {
            int own = row.Source.LastIndexOf('›') + 1;
            return new Entry(row, Field.Of(Capital().Replace(firstCell, " ")), Field.Of(row.Source[own..] + row.Text));
        }

        public bool Has(string word) => Text.Counts.ContainsKey(word) || Heading.Counts.ContainsKey(word);

        public double Weight(string word, double meanText, double meanHeading) =>
            Text.Weight(word, meanText) + (HeadingWeight * Heading.Weight(word, meanHeading));
    }

    private sealed record Field(Dictionary<string, int> Counts, int Length)
    {
        public static Field Of(string text)
        {
            // A single letter or digit tells nothing.
            string[] words = [.. Words(text).Where(w => w.Length > 1)];
            return new Field(words.CountBy(w => w).ToDictionary(), words.Length);
        }

        public double Weight(string word, double mean)
        {
            int count = Counts.GetValueOrDefault(word);
            return count * (Saturation + 1) / (count + (Saturation * (1 - LengthWeight + (LengthWeight * Length / mean))));
        }
    }
}
