using System.Net;
using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The scripts, styles and fonts that the pages ask for.</summary>
public sealed partial class PageFilesTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        await _app.CreateUserAsync("person@example.com", admin: true);
        _client = await _app.SignInAsync("person@example.com");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    // Deferred scripts and modules run in the order in which they stand (HTML, section 4.12.1).
    [Fact]
    public async Task CircuitStarts_AfterTheScriptsThatItsControlsCall()
    {
        string page = await _client.GetStringAsync("");
        var scripts = Script().Matches(page).Select(m => m.Value).ToList();
        int radzen = scripts.FindIndex(s => s.Contains("Radzen.Blazor", StringComparison.Ordinal));
        int start = scripts.FindIndex(s => s.Contains("js/connection.js", StringComparison.Ordinal));
        Assert.InRange(radzen, 0, start - 1);
        Assert.Matches(@"\sdefer\b", scripts[radzen]);
        Assert.Contains("type=\"module\"", scripts[start], StringComparison.Ordinal);
        Assert.DoesNotContain("async", scripts[start], StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesOfThePage_AreThere_CompressedAndKept()
    {
        string page = await _client.GetStringAsync("");
        var files = Address().Matches(page).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Contains(files, f => f.StartsWith("css/", StringComparison.Ordinal));
        foreach (string file in files)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, file);
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            using var response = await _client.SendAsync(request);
            Assert.Equal((file, HttpStatusCode.OK), (file, response.StatusCode));
            if (!file.EndsWith(".woff2", StringComparison.Ordinal))
                Assert.Equal((file, "gzip"), (file, string.Join(',', response.Content.Headers.ContentEncoding)));
            if (file.EndsWith(".css", StringComparison.Ordinal) && !file.Contains('?', StringComparison.Ordinal))
                Assert.Equal((file, TimeSpan.FromDays(365)), (file, response.Headers.CacheControl!.MaxAge));
        }
    }

    // Each route of a file costs the process some 13 kB. docs/decisions/0009-memory.md
    [Fact]
    public void Routes_ThatNoPageAsksFor_AreNotThere()
    {
        string[] routes =
        [
            .. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is not null).Select(e => e.RoutePattern.RawText!),
        ];
        Assert.Contains("js/app.js", routes);
        Assert.DoesNotContain(routes, r => r.EndsWith(".gz", StringComparison.Ordinal) || r.EndsWith(".br", StringComparison.Ordinal));
        Assert.DoesNotContain(routes, r => r.StartsWith("js/", StringComparison.Ordinal) && r.Count(c => c == '.') > 1);
    }

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();

    [GeneratedRegex("<(?:script|link)[^>]* (?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Address();
}
