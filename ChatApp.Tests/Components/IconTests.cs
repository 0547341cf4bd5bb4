using System.Text.RegularExpressions;
using ChatApp.Tests.Docs;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed partial class IconTests
{
    [Fact]
    public void Icons_OfTheScripts_AreThoseOfThePages()
    {
        var page = Read(Path.Combine("ChatApp", "Components", "Shared", "Icon.razor"), OfThePages());
        var scripts = Read(Path.Combine("wwwroot", "js", "composer", "dom.js"), OfTheScripts());
        Assert.NotEmpty(scripts);
        Assert.All(scripts, icon => Assert.True(!page.TryGetValue(icon.Key, out string? path) || path == icon.Value, icon.Key));
    }

    private static Dictionary<string, string> Read(string file, Regex icon) =>
        icon.Matches(File.ReadAllText(Path.Combine(DocsFiles.Root, file))).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    [GeneratedRegex("""\["(\w+)"\] = "(M[^"]+)""")]
    private static partial Regex OfThePages();

    [GeneratedRegex("""^  (\w+): "(M[^"]+)""", RegexOptions.Multiline)]
    private static partial Regex OfTheScripts();
}
