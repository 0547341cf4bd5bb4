using ChatApp.Tests.Infrastructure;

namespace ChatApp.Tests.Docs;

/// <summary>A folder as the reader of an example has it: the example, the files of its page, the client from the server.</summary>
internal sealed class ExampleFolder : IDisposable
{
    private readonly TestDirectory _folder = new();

    private ExampleFolder(string[] command) => Command = command;

    /// <summary>Where the reader's <c>dotnet run --project ChatApp -- VERB</c> runs the verb of the built program.</summary>
    public string Programs => System.IO.Path.Combine(Path, "programs");

    public string Path => _folder.Path;

    /// <summary>What runs the example, with its arguments.</summary>
    public string[] Command { get; private set; }

    public static async Task<ExampleFolder> CreateAsync(DocsExample example, Uri server)
    {
        var folder = new ExampleFolder([]);
        folder.Command = example.Language switch
        {
            "sh" => ["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", example.Script],
            "python" => ["python3", folder.Write("example.py", example.Script)],
            "js" => ["node", NodeTheoryAttribute.Runner, folder.Write("example.mjs", example.Script), example.Needs],
            "tsx" => ["node", NodeTheoryAttribute.Runner, folder.Write("Example.tsx", example.Script)],
            _ => throw new InvalidOperationException($"{example.Place}: nothing runs {example.Language}."),
        };
        if (example.Language == "sh" && !OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder.Programs);
            string dotnet = folder.Write("programs/dotnet", $"""
                #!/bin/sh
                [ "$1 $2 $3 $4" = "run --project ChatApp --" ] || exit 99
                shift 4
                exec "{System.IO.Path.Combine(AppContext.BaseDirectory, "ChatApp")}" "$@"
                """);
            File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        if (example.Language is not ("js" or "tsx"))
            return folder;
        using var http = new HttpClient { BaseAddress = server };
        foreach (string name in new[] { "chatapp.mjs", "chatapp.d.mts" })
            folder.Write(name, await http.GetStringAsync($"/client/{name}"));
        foreach (var (name, text) in DocsFiles.FilesOf(example.Path))
            folder.Write(name, text);
        folder.Write("package.json", """{"type":"module"}""");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(folder.Path, "node_modules"), NodeTheoryAttribute.Modules);
        return folder;
    }

    private string Write(string name, string text)
    {
        string file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose()
    {
        // The link, not what it leads to.
        string link = System.IO.Path.Combine(Path, "node_modules");
        if (Directory.Exists(link))
            Directory.Delete(link);
        _folder.Dispose();
    }
}
