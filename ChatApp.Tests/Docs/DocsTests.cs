using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatApp.Providers.Demo;
using ChatApp.Runs;
using Xunit;

namespace ChatApp.Tests.Docs;

/// <summary>Holds the docs to what is there.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public void Links_Relative_LeadToExistingFiles()
    {
        var broken =
            from file in DocsFiles.All
            from link in Link().Matches(file.Text)
            let target = link.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
            let path = Path.Combine(DocsFiles.Root, Path.GetDirectoryName(file.Path)!, target.Split('#')[0])
            where !Path.Exists(path)
            select $"{file.Path} → {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Settings_NamedInTheDocs_AreOptions()
    {
        string[] known = [.. typeof(RunOptions).GetProperties().Select(p => p.Name)];
        var unknown =
            from file in DocsFiles.All
            from setting in Setting().Matches(file.Text)
            where !known.Contains(setting.Groups["name"].Value)
            select $"{file.Path}: {setting.Value}";

        Assert.Empty(unknown);
    }

    [Fact]
    public void Settings_InTheReadme_AreAllOptionsWithTheirDefaults()
    {
        string readme = DocsFiles.All.Single(f => f.Path == "README.md").Text;
        var stated = Row().Matches(readme).ToDictionary(r => r.Groups["name"].Value, r => r.Groups["value"].Value);
        var options = new RunOptions();

        Assert.Equal(typeof(RunOptions).GetProperties().Select(p => p.Name).Order(), stated.Keys.Order());
        Assert.All(typeof(RunOptions).GetProperties(), property => Assert.Equal(
            property.GetValue(options),
            TypeDescriptor.GetConverter(property.PropertyType).ConvertFromString(null, CultureInfo.InvariantCulture, stated[property.Name])));
    }

    [Theory]
    [InlineData("What can ChatApp do?", "README.md › ChatApp")]
    [InlineData("What can you do?", "README.md › ChatApp")]
    [InlineData("Who are you?", "README.md › ChatApp")]
    [InlineData("How do I connect Ollama?", "README.md › ChatApp › The next five minutes › Connect a provider")]
    [InlineData("Where can I read about performance?", "README.md › ChatApp › Where to read on")]
    [InlineData("How do I connect a provider?", "README.md › ChatApp › The next five minutes › Connect a provider")]
    [InlineData("How do I call the API?", "README.md › ChatApp › The next five minutes › Call the API with curl")]
    [InlineData("How do I call the API with curl?", "README.md › ChatApp › The next five minutes › Call the API with curl")]
    [InlineData("What happens when I close the page in mid-answer?", "docs/concepts/runs.md › Runs › What survives what: closed tab, lost connection, crash")]
    [InlineData("How do I make a backup?", "docs/operations.md › Operations › Back up and restore")]
    [InlineData("Which scopes can an API key have?", "docs/concepts/security.md › Security › API keys and scopes")]
    public void Search_QuestionOfANewcomer_FindsItsSection(string question, string section) =>
        Assert.Equal(section, DocsIndex.FromResources().Search(question, 1).Single().Source);

    [Theory]
    [InlineData("Thanks!")]
    [InlineData("Was kannst du?")]
    [InlineData("?!")]
    public void Search_NothingThatTheDocsSay_FindsNothing(string question) => Assert.Empty(DocsIndex.FromResources().Search(question, 1));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bRuns(?::|__)(?<name>\w+)")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^\| `Runs:(?<name>\w+)` \| (?<value>\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
