using System.Net;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace ChatApp.Tests.Identity;

public sealed class BrowserDefenceTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(map: a => a.MapPost("/api/change", () => "done").RequireAuthorization("chat"));
        await _app.CreateUserAsync("root@example.com", admin: true);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Origin", "self", 200)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    public async Task Post_WithCookie_OnlyFromOurOwnPages(string header, string value, int expected)
    {
        using var client = await _app.SignInAsync("root@example.com");
        client.DefaultRequestHeaders.Add(header, value == "self" ? _app.Address.GetLeftPart(UriPartial.Authority) : value);
        var answer = await client.PostAsync("api/change", null);
        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Post_WithKeyFromAnotherOrigin_IsAllowed()
    {
        var (_, client) = await _app.CreateCallerAsync();
        client.DefaultRequestHeaders.Add("Origin", "https://app.example");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("api/change", null)).StatusCode);
        client.Dispose();
    }

    [Theory]
    [InlineData("_blazor/negotiate?negotiateVersion=1", "POST")]
    [InlineData("_blazor?id=x", "GET")]
    public async Task Circuit_ForeignOrigin_IsForbidden(string path, string method)
    {
        using var client = await _app.SignInAsync("root@example.com");
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Origin", "https://evil.example" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Circuit_OwnOrigin_Negotiates()
    {
        using var client = await _app.SignInAsync("root@example.com");
        client.DefaultRequestHeaders.Add("Origin", _app.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("_blazor/negotiate?negotiateVersion=1", null)).StatusCode);
    }

    [Theory]
    [InlineData("account/login")]
    [InlineData("api/nothing")]
    public async Task Answers_AlwaysHaveOnePolicy(string path)
    {
        using var client = _app.CreateClient();
        var headers = (await client.GetAsync(path)).Headers;
        string policy = Assert.Single(headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
    }
}
