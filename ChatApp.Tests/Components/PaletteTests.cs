using System.Text.RegularExpressions;
using Bunit;
using ChatApp.Components.Palette;
using ChatApp.Tests.Docs;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>What the palette and the help sheet say fits what their scripts do.</summary>
public sealed partial class PaletteTests : ComponentTest
{
    [Fact]
    public void Palette_OffersOnlyWhatTheScriptsOrAnAddressDo()
    {
        var palette = Render<CommandPalette>();
        var options = palette.FindAll("[role=option]");
        var done = CommandNames().Matches(Script("commands")).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.All(options, o => Assert.True(o.HasAttribute("data-href") || done.Contains(o.GetAttribute("data-command")!), o.TextContent));
        Assert.Equal("New chat", palette.Find("[data-group=first] [role=option] span").TextContent);
        Assert.All(["chats", "messages", "recent", "agents"], group => Assert.True(palette.Find($"[data-group={group}]").HasAttribute("hidden")));
        Assert.Equal(["conversation", "conversation", "kept"], options.Select(o => o.GetAttribute("data-only")).Where(o => o is "conversation" or "kept").Order());
        Assert.All(options.Where(o => o.GetAttribute("data-href")?.Contains("{id}", StringComparison.Ordinal) is true), o => Assert.Equal("conversation", o.GetAttribute("data-only")));
    }

    [Fact]
    public void Sheet_ListsEveryKeyOnce()
    {
        var sheet = Render<ShortcutSheet>();
        var listed = sheet.FindAll("[data-keys]").Select(k => k.GetAttribute("data-keys")!).ToList();
        var keys = Shortcuts().Matches(Script("shortcuts")).Select(m => (Id: m.Groups["id"].Value, Keys: m.Groups["keys"].Value)).ToList();
        Assert.Equal(keys.Select(k => k.Id).Order(), listed.Order());
        Assert.DoesNotContain(sheet.FindAll("dt"), name => name.TextContent.Trim().Length == 0);
        // Those of the thread, too.
        string actions = Actions().Match(Script("thread-keys")).Value;
        Assert.All(ActionKeys().Matches(actions).Select(m => m.Groups[1].Value), key => Assert.Contains(keys, k => string.Equals(k.Keys, key, StringComparison.OrdinalIgnoreCase)));
    }

    private static string Script(string name) => File.ReadAllText(Path.Combine(DocsFiles.Root, "wwwroot", "js", name + ".js"));

    [GeneratedRegex("""^  "([a-z-]+)":""", RegexOptions.Multiline)]
    private static partial Regex CommandNames();

    [GeneratedRegex(@"\{ id: ""(?<id>[^""]+)"", keys: ""(?<keys>[^""]+)""")]
    private static partial Regex Shortcuts();

    [GeneratedRegex(@"ACTIONS = \{.*?\};")]
    private static partial Regex Actions();

    [GeneratedRegex("""[{,] "?(\S)"?:""")]
    private static partial Regex ActionKeys();
}
