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

    /// <summary>The examples that are to be run: blocks fenced as <c>sh expect='…'</c>, with what their output has to contain.</summary>
    public static IEnumerable<DocsExample> Examples() =>
        from file in All
        from block in Fence().Matches(file.Text)
        where block.Groups["expected"].Success
        select new DocsExample(
            file.Path, file.Text.AsSpan(0, block.Index).Count('\n') + 1, block.Groups["language"].Value, block.Groups["script"].Value,
            block.Groups["expected"].Value, block.Groups["needs"].Value);

    /// <summary>Blocks of a shell that say nothing about their output.</summary>
    public static IEnumerable<DocsExample> Commands() =>
        from file in All
        from block in Fence().Matches(file.Text)
        where block.Groups["language"].Value == "sh" && !block.Groups["expected"].Success
        select new DocsExample(
            file.Path, file.Text.AsSpan(0, block.Index).Count('\n') + 1, "sh", block.Groups["script"].Value, "", "");

    /// <summary>The files that a page's examples use: blocks fenced as <c>ts file=NAME</c>.</summary>
    public static IEnumerable<(string Name, string Text)> FilesOf(string path) =>
        from block in Fence().Matches(All.Single(f => f.Path == path).Text)
        where block.Groups["file"].Success
        select (block.Groups["file"].Value, block.Groups["script"].Value);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ChatApp.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }

    [GeneratedRegex(@"^```(?<language>[a-z]+)(?: file=(?<file>[A-Za-z.]+))?(?: expect='(?<expected>[^'\n]+)')?(?: needs=(?<needs>[a-z]+))?\n(?<script>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}

/// <summary>An example of the docs.</summary>
/// <param name="Language">sh, js, tsx or python.</param>
/// <param name="Expected">What its standard output has to contain.</param>
/// <param name="Needs">What it expects of its world that Node lacks; empty for nothing.</param>
internal sealed record DocsExample(string Path, int Line, string Language, string Script, string Expected, string Needs)
{
    public string Place => $"{Path}:{Line}";
}
