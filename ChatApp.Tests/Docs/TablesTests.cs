using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ChatApp.CommandLine;
using ChatApp.Conversations;
using ChatApp.Diagnostics;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Tests.Dialects;
using ChatApp.Tests.Infrastructure;
using ChatApp.Transfer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Docs;

/// <summary>Holds the tables of routes, commands and checks, and the example of a proxy, to what is there.</summary>
public sealed partial class TablesTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public void Routes_OfOurOwnApi_AreAllInItsTable()
    {
        string[] own = [.. DoorTests.Table.Where(r => !r.Contract).Select(r => r.ToString())];
        var mapped =
            from endpoint in _app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            let route = $"{method} {endpoint.RoutePattern.RawText}"
            where own.Contains(route)
            select $"{Kind().Replace(route, "").TrimEnd('/')} {(ScopeOf(endpoint) ?? "none")}";
        var stated = RouteRow().Matches(Text("docs/api/runs.md")).Select(r => $"{r.Groups["route"].Value} {r.Groups["scope"].Value}");

        Assert.Equal(mapped.Append("GET /health none").Distinct().Order(), stated.Order());
    }

    [Fact]
    public void Members_OfConversationsAndMessages_AreAllNamed()
    {
        string docs = Text("docs/api/runs.md");
        string section = docs[docs.IndexOf("\nA conversation has", StringComparison.Ordinal)..docs.IndexOf("## Limits", StringComparison.Ordinal)];
        var members =
            from type in new[] { typeof(ConversationSummary), typeof(MessageView), typeof(AttachmentView) }
            from property in type.GetProperties()
            where !property.IsDefined(typeof(JsonIgnoreAttribute), inherit: true)
            select $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)}`";
        Assert.All(members, member => Assert.Contains(member, section, StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_AreAllInTheTable()
    {
        string operations = Text("docs/operations.md");
        var verbs = typeof(Verbs).Assembly.GetTypes().Where(t => t.Namespace == typeof(Verbs).Namespace && t.Name.EndsWith("Verbs", StringComparison.Ordinal) && t != typeof(Verbs))
            .Select(t => (Command)t.GetMethod("Create")!.Invoke(null, [_app.Services])!).ToList();
        Assert.True(verbs.Count >= 7);
        Assert.All(verbs, verb =>
        {
            string row = operations.Split('\n').Single(l => l.StartsWith($"| `{verb.Name} ", StringComparison.Ordinal)).Split('|')[1];
            Assert.Equal(verb.Subcommands.Select(c => c.Name).Order(), Word().Matches(row).Select(w => w.Groups["name"].Value).Order());
        });
    }

    [Fact]
    public void Checks_OfTheDoctor_AreAllInTheTable()
    {
        using var scope = _app.Services.CreateScope();
        string operations = Text("docs/operations.md");
        string section = operations[operations.IndexOf("## Doctor", StringComparison.Ordinal)..operations.IndexOf("## Commands", StringComparison.Ordinal)];
        Assert.Equal(
            scope.ServiceProvider.GetServices<IDiagnosticCheck>().Select(c => c.Category).Distinct().Order(),
            Category().Matches(section).Select(m => m.Groups["name"].Value).Order());
    }

    [Fact]
    public void Proxy_AsDocumented_LetsTheLargestRequestThrough()
    {
        var size = ProxySize().Match(Text("docs/operations.md"));
        long megabytes = long.Parse(size.Groups["megabytes"].Value, CultureInfo.InvariantCulture);
        Assert.True(megabytes * 1024 * 1024 >= Math.Max(TransferLimits.MaxUploadBytes, new FileLimits().MaxBytes));
    }

    private static string? ScopeOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).FirstOrDefault(p => p is Scopes.Read or Scopes.Chat);

    private static string Text(string path) => DocsFiles.All.Single(f => f.Path == path).Text;

    [GeneratedRegex(@":guid")]
    private static partial Regex Kind();

    [GeneratedRegex(@"^\| `(?<route>[A-Z]+ /[^`]+)` \| (?<scope>read|chat|none) \|", RegexOptions.Multiline)]
    private static partial Regex RouteRow();

    [GeneratedRegex(@"`(?:[a-z]+ )?(?<name>[a-z-]+)`")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| (?!category)(?<name>[a-z]+) \|", RegexOptions.Multiline)]
    private static partial Regex Category();

    [GeneratedRegex(@"client_max_body_size (?<megabytes>\d+)m;")]
    private static partial Regex ProxySize();
}
