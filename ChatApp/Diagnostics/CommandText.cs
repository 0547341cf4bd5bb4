namespace ChatApp.Diagnostics;

/// <summary>This program's commands as they can be typed here, whether it runs from source, published or by <c>dotnet</c>.</summary>
internal static class CommandText
{
    private static readonly string Program =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "ChatApp" ? Quote(Environment.ProcessPath!)
        : $"dotnet {Quote(Path.Combine(AppContext.BaseDirectory, "ChatApp.dll"))}";

    /// <summary>The command line of a verb with its arguments; empty for serving.</summary>
    public static string For(string verb) => $"{Program} {verb}".TrimEnd();

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
