using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Dialects.Relay;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Runs;
using ChatApp.Transfer;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatApp.Tests.Docs;

/// <summary>Holds the tables of settings to the options that are there: docs/operations.md has all, README.md those that are looked for first.</summary>
public sealed partial class SettingsTests
{
    private static readonly Dictionary<string, Type> Sections = new()
    {
        ["Data"] = typeof(DataOptions), ["Runs"] = typeof(RunOptions), ["Conversations"] = typeof(ConversationOptions), ["Files"] = typeof(FileLimits),
        ["Accounts"] = typeof(AccountOptions), ["Cors"] = typeof(CrossOriginOptions), ["Relay"] = typeof(RelayOptions), ["Transfer"] = typeof(TransferLimits),
    };

    // Read without options; Urls is the framework's.
    private static readonly Dictionary<string, string> Others = new() { ["Urls"] = "http://localhost:5080", ["Providers:Proxy"] = "none" };

    /// <summary>Every key with its default as it is written in a table.</summary>
    private static readonly Dictionary<string, object?> Known = Sections
        .SelectMany(s => s.Value.GetProperties().Where(p => p.CanWrite).Select(p => (Key: $"{s.Key}:{p.Name}", Value: p.GetValue(Activator.CreateInstance(s.Value)))))
        .Concat(Others.Select(o => (Key: o.Key, Value: (object?)o.Value))).ToDictionary(k => k.Key, k => k.Value);

    [Fact]
    public void Sections_AreAllThatTheApplicationBinds()
    {
        var bound = new List<Type>();
        using (Program.Build(["--urls=http://127.0.0.1:0"], builder => bound.AddRange(
            from service in builder.Services
            where service.ServiceType.IsGenericType && service.ServiceType.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>)
            let options = service.ServiceType.GetGenericArguments()[0]
            where options.Assembly == typeof(Program).Assembly
            select options)) as IDisposable)
        {
        }
        Assert.Equal(Sections.Values.Select(t => t.Name).Order(), bound.Select(t => t.Name).Distinct().Order());
    }

    [Fact]
    public void Keys_ReadWithoutOptions_AreKnown()
    {
        var read =
            from file in Directory.EnumerateFiles(Path.Combine(DocsFiles.Root, "ChatApp"), "*.cs", SearchOption.AllDirectories)
            from key in Read().Matches(File.ReadAllText(file))
            select key.Groups["key"].Value;
        Assert.Contains("Providers:Proxy", read);
        Assert.Empty(read.Except(Known.Keys));
    }

    [Fact]
    public void Operations_HasEveryKeyWithItsDefault()
    {
        var stated = TableOf("docs/operations.md");
        Assert.Equal(Known.Keys.Order(), stated.Keys.Order());
        AssertDefaults(stated);
    }

    [Fact]
    public void Readme_HasKnownKeysWithTheirDefaults()
    {
        var stated = TableOf("README.md");
        Assert.Contains("Data:Directory", stated.Keys);
        Assert.Empty(stated.Keys.Except(Known.Keys));
        AssertDefaults(stated);
    }

    [Fact]
    public void Keys_NamedAnywhereInTheDocs_AreKnown()
    {
        var unknown =
            from file in DocsFiles.All
            from named in Named().Matches(file.Text)
            where !Known.ContainsKey($"{named.Groups["section"].Value}:{named.Groups["name"].Value}")
            select $"{file.Path}: {named.Value}";
        Assert.Empty(unknown);
    }

    private static Dictionary<string, string> TableOf(string path) => Row().Matches(DocsFiles.All.Single(f => f.Path == path).Text)
        .ToDictionary(r => r.Groups["key"].Value, r => r.Groups["value"].Value.Trim('`'));

    private static void AssertDefaults(Dictionary<string, string> stated) => Assert.All(stated, row =>
    {
        object? value = Known[row.Key];
        Assert.Equal(value ?? "none", value == null ? row.Value : TypeDescriptor.GetConverter(value.GetType()).ConvertFromString(null, CultureInfo.InvariantCulture, row.Value));
    });

    [GeneratedRegex(@"^\| `(?<key>Urls|[A-Z][A-Za-z]+:[A-Za-z]+)` \| (?<value>\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\b(?<section>Data|Runs|Conversations|Files|Accounts|Cors|Relay|Transfer|Providers)(?::|__)(?<name>[A-Za-z]+)")]
    private static partial Regex Named();

    [GeneratedRegex(@"onfiguration(?:\[|\.GetValue<\w+>\()""(?<key>[A-Za-z]+:[A-Za-z]+)""")]
    private static partial Regex Read();
}
