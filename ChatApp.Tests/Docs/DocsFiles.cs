using System.Text.RegularExpressions;

namespace ChatApp.Tests.Docs;

/// <summary>The repository's documentation: README.md and docs/**/*.md.</summary>
internal static partial class DocsFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>Relative path and text of each file.</summary>
    public static IReadOnlyList<(string Path, string Text)> All { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Prepend(Path.Combine(Root, "README.md"))
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file).ReplaceLineEndings("\n"))),
    ];

    /// <summary>
    /// The shell examples that are to be run: blocks fenced as <c>sh expect='…'</c>, with what their output has to contain.
    /// </summary>
    public static IEnumerable<DocsExample> Examples() =>
        from file in All
        from block in Fence().Matches(file.Text)
        select new DocsExample(
            $"{file.Path}:{file.Text.AsSpan(0, block.Index).Count('\n') + 1}", block.Groups["script"].Value, block.Groups["expected"].Value);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ChatApp.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }

    [GeneratedRegex(@"^```sh expect='(?<expected>[^'\n]+)'\n(?<script>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}

/// <summary>A shell script of the docs.</summary>
/// <param name="Place">File and line.</param>
/// <param name="Expected">What its standard output has to contain.</param>
internal sealed record DocsExample(string Place, string Script, string Expected);
