using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The scripts of every page run in the order in which they stand: deferred ones and modules do (HTML, section 4.12.1).</summary>
public sealed partial class PageScriptsTests
{
    [Fact]
    public async Task CircuitStarts_AfterTheScriptsThatItsControlsCall()
    {
        await using var app = await TestApp.StartAsync();
        await app.CreateUserAsync("person@example.com", admin: true);
        using var client = await app.SignInAsync("person@example.com");
        string page = await client.GetStringAsync("");
        var scripts = Script().Matches(page).Select(m => m.Value).ToList();
        int radzen = scripts.FindIndex(s => s.Contains("Radzen.Blazor", StringComparison.Ordinal));
        int start = scripts.FindIndex(s => s.Contains("js/connection.js", StringComparison.Ordinal));
        Assert.InRange(radzen, 0, start - 1);
        Assert.Matches(@"\sdefer\b", scripts[radzen]);
        Assert.Contains("type=\"module\"", scripts[start], StringComparison.Ordinal);
        Assert.DoesNotContain("async", scripts[start], StringComparison.Ordinal);
    }

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();
}
