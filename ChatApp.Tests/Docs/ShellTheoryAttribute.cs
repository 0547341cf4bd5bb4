using Xunit;

namespace ChatApp.Tests.Docs;

/// <summary>A test that needs bash and curl: skipped, saying why, where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute()
    {
        if (!IsThere("bash") || !IsThere("curl"))
            Skip = "The examples need bash and curl.";
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
