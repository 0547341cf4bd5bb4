using Xunit;

namespace ChatApp.Tests.Docs;

/// <summary>Needs Node and the packages of <c>scripts/client-examples</c>; where a run requires them, it fails without them.</summary>
internal sealed class NodeTheoryAttribute : TheoryAttribute
{
    private static readonly string Folder = Path.Combine(DocsFiles.Root, "scripts", "client-examples");

    public NodeTheoryAttribute()
    {
        if (!Directory.Exists(Modules) && Environment.GetEnvironmentVariable("CHATAPP_REQUIRE_NPM") != "1")
            Skip = "The npm packages are not installed: npm ci --prefix scripts/client-examples";
    }

    public static string Runner { get; } = Path.Combine(Folder, "run.mjs");

    public static string Modules { get; } = Path.Combine(Folder, "node_modules");
}
