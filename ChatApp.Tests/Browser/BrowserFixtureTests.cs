using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;
using Xunit;
using Xunit.Sdk;

namespace ChatApp.Tests.Browser;

/// <summary>The browser tests' own net: a page's errors must reach the test.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BrowserFixtureTests(BrowserFixture browser)
{
    [ChromiumFact]
    public async Task Dispose_QuietPage_Passes()
    {
        await using var app = await ServeAsync("<!doctype html><title>t</title><h1>Hello</h1>", "default-src 'none'; img-src data:");
        await using var session = await browser.OpenAsync(app.Urls.First());

        await session.Page.GotoAsync("/");

        await Assertions.Expect(session.Page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Hello");
        Assert.True(new FileInfo(await session.ScreenshotAsync("browser-fixture")).Length > 0);
    }

    [ChromiumTheory]
    [InlineData("<script src=/app.js></script>", "default-src 'self'", "boom")]
    [InlineData("<script>1</script>", "default-src 'self'", "[content-security-policy] script-src-elem")]
    [InlineData("<p style='color:red'>", "default-src 'self'", "[content-security-policy] style-src-attr")]
    public async Task Dispose_PageWithAProblem_Fails(string page, string policy, string problem)
    {
        await using var app = await ServeAsync("<!doctype html><title>t</title>" + page, policy);
        var session = await browser.OpenAsync(app.Urls.First());

        await session.Page.GotoAsync("/");

        await session.ProblemAsync(problem);
        await Assert.ThrowsAsync<EmptyException>(async () => await session.DisposeAsync());
    }

    private static async Task<WebApplication> ServeAsync(string page, string policy)
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/favicon.ico", () => Results.NoContent());
        app.MapGet("/app.js", () => Results.Text("throw new Error('boom')", "text/javascript"));
        app.MapGet(
            "/",
            (HttpContext context) =>
            {
                context.Response.Headers.ContentSecurityPolicy = policy;
                return Results.Content(page, "text/html");
            }
        );
        await app.StartAsync();
        return app;
    }
}
