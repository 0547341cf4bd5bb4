namespace ChatApp.Tests.Browser;

/// <summary>Where the browser of the browser tests is.</summary>
internal static class Chromium
{
    private static readonly string[] Candidates = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

    /// <summary>The program: <c>$CHROMIUM</c>, or where Debian and Google's packages put it; null when there is none.</summary>
    public static string? Path { get; } =
        Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named
            ? (File.Exists(named) ? named : null)
            : Candidates.FirstOrDefault(File.Exists);

    /// <summary>Whether a missing browser is a failure, as in CI, and not a reason to skip.</summary>
    public static bool IsRequired { get; } = Environment.GetEnvironmentVariable("CHATAPP_REQUIRE_BROWSER") == "1";

    /// <summary>Why the browser tests cannot run.</summary>
    public const string Missing = "No Chromium: install it (apt install chromium), or name it in the environment variable CHROMIUM.";
}
