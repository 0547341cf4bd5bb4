using System.Runtime.InteropServices;

namespace ChatApp.Diagnostics;

/// <summary>
/// This program's commands as they can be typed here, whether it runs from source, published or by <c>dotnet</c>, and on the data that it
/// runs on.
/// </summary>
internal static class CommandText
{
    private const string DataVariable = "Data__Directory";
    private const string DataArgument = "--Data:Directory=";

    private static readonly string Setting = SettingFor(
        Environment.GetEnvironmentVariable(DataVariable)
        ?? Environment.GetCommandLineArgs().LastOrDefault(a => a.StartsWith(DataArgument, StringComparison.OrdinalIgnoreCase))?[DataArgument.Length..]);

    private static readonly (string Serve, string Verb) Program = ProgramAt(AppContext.BaseDirectory, Environment.CurrentDirectory, Environment.ProcessPath);

    /// <summary>The command line of a verb with its arguments; empty for serving.</summary>
    public static string For(string verb) => Setting + (verb.Length == 0 ? Program.Serve : $"{Program.Verb} {verb}");

    /// <summary>How the program is started.</summary>
    /// <param name="location">The folder that it is in.</param>
    /// <param name="current">The folder in which commands are typed.</param>
    /// <param name="process">The file of its process; null where that is not known.</param>
    internal static (string Serve, string Verb) ProgramAt(string location, string current, string? process)
    {
        // bin/Debug/net10.0 below its project: it runs from source.
        string project = Path.GetFullPath(Path.Combine(location, "..", "..", ".."));
        if (File.Exists(Path.Combine(project, "ChatApp.csproj")))
        {
            string run = $"dotnet run --project {Quote(Shortest(project, current))}";
            return (run, $"{run} --");
        }
        string program = Path.GetFileNameWithoutExtension(process) == "ChatApp" ? Quote(process!) : $"dotnet {Quote(Path.Combine(location, "ChatApp.dll"))}";
        return (program, program);
    }

    /// <summary>What sets the data directory before a command; empty where nobody has set one, so that it is below the directory of the command.</summary>
    internal static string SettingFor(string? directory)
    {
        if (string.IsNullOrWhiteSpace(directory))
            return "";
        string path = Path.GetFullPath(directory);
        return RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? $"$env:{DataVariable} = '{path}'; " : $"{DataVariable}={Quote(path)} ";
    }

    private static string Shortest(string path, string from)
    {
        string relative = Path.GetRelativePath(from, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
