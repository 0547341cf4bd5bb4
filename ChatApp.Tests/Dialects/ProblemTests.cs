using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Dialects;

public sealed class ProblemTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync(map: Map);

    public async Task DisposeAsync() => await _app.DisposeAsync();

    private sealed record Body(string Input, int Count);

    private static void Map(WebApplication app)
    {
        app.MapPost("/api/echo", (Body body) => body);
        app.MapGet("/api/number/{number}", (int number) => number);
        app.MapGet("/api/private", () => "secret").RequireAuthorization();
        app.MapGet("/api/busy", IResult () => throw new RequestProblem(429, "busy", "Later.", "input") { RetryAfter = TimeSpan.FromSeconds(2.5) });
        app.MapGet("/api/storage/{error:int}", IResult (int error) => throw new DbUpdateException("hunter2", new SqliteException("hunter2", error)));
        app.MapGet("/api/crash", IResult () => throw new InvalidOperationException("hunter2"));
    }

    [Theory]
    [InlineData("""{"input":"a","count":"many"}""", 400, "invalid_request", "count")]
    [InlineData("""{"input":{},"count":1}""", 400, "invalid_request", "input")]
    [InlineData("""{"input":"a",""", 400, "malformed_json", null)]
    [InlineData("hello", 400, "malformed_json", null)]
    [InlineData("[]", 400, "invalid_request", null)]
    [InlineData("", 400, "invalid_request", null)]
    public async Task Post_BadBody_NamesTheField(string body, int status, string code, string? field)
    {
        using var client = _app.CreateClient();
        await AssertProblemAsync(await client.PostAsync("api/echo", new StringContent(body, Encoding.UTF8, "application/json")), status, code, field);
    }

    [Theory]
    [InlineData(5, 503, "storage_unavailable")]
    [InlineData(8, 503, "storage_unavailable")]
    [InlineData(13, 503, "storage_unavailable")]
    [InlineData(19, 500, "internal_error")]
    public async Task Get_DatabaseFails_SaysWhetherItMayWorkLater(int error, int status, string code)
    {
        using var client = _app.CreateClient();
        await AssertProblemAsync(await client.GetAsync($"api/storage/{error}"), status, code, null);
    }

    [Fact]
    public async Task Post_NotJson_Is415()
    {
        using var client = _app.CreateClient();
        await AssertProblemAsync(await client.PostAsync("api/echo", new StringContent("input=a", Encoding.UTF8, "text/plain")), 415, "unsupported_media_type", null);
    }

    [Fact]
    public async Task Post_TooLarge_Is413()
    {
        await using var app = await TestApp.StartAsync(b => b.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestBodySize = 1000), Map);
        using var client = app.CreateClient();
        await AssertProblemAsync(await client.PostAsJsonAsync("api/echo", new { input = new string('x', 2000), count = 1 }), 413, "too_large", null);
    }

    [Fact]
    public async Task Get_BadRouteValue_NamesIt()
    {
        using var client = _app.CreateClient();
        await AssertProblemAsync(await client.GetAsync("api/number/abc"), 400, "invalid_request", "number");
    }

    [Theory]
    [InlineData("GET", "api/nothing", 404, "not_found")]
    [InlineData("GET", "v1/nothing", 404, "not_found")]
    [InlineData("DELETE", "api/private", 405, "method_not_allowed")]
    [InlineData("GET", "api/private", 401, "unauthorized")]
    [InlineData("POST", "_blazor/negotiate", 401, "unauthorized")]
    public async Task Request_Refused_IsProblemAndNoRedirect(string method, string path, int status, string code)
    {
        using var client = _app.CreateClient();
        // What a browser sends: even so, a program's address answers a program.
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Accept", "text/html" } } };
        var answer = await client.SendAsync(request);
        await AssertProblemAsync(answer, status, code, null);
        Assert.Null(answer.Headers.Location);
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Any(h => h.Scheme == "Bearer"));
    }

    [Fact]
    public async Task Throw_RequestProblem_IsAnsweredWithFieldAndRetryAfter()
    {
        using var client = _app.CreateClient();
        var answer = await client.GetAsync("api/busy");
        await AssertProblemAsync(answer, 429, "busy", "input");
        Assert.Equal(TimeSpan.FromSeconds(3), answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Throw_Unexpected_TellsNothingButARequestId()
    {
        using var client = _app.CreateClient();
        var answer = await client.GetAsync("api/crash");
        string body = await AssertProblemAsync(answer, 500, "internal_error", null);
        Assert.DoesNotContain("hunter2", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnknownPageInABrowser_IsAPage()
    {
        await _app.CreateUserAsync("root@example.com", admin: true);
        using var client = _app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "no/such/page") { Headers = { { "Accept", "text/html" } } };
        var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("nothing here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> AssertProblemAsync(HttpResponseMessage answer, int status, string code, string? field)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var json = JsonDocument.Parse(text);
        var problem = json.RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(field, problem.TryGetProperty("field", out var f) ? f.GetString() : null);
        Assert.NotEmpty(problem.GetProperty("request_id").GetString()!);
        var error = problem.GetProperty("error");
        Assert.Equal(problem.GetProperty("detail").GetString(), error.GetProperty("message").GetString());
        Assert.Equal((code, field), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        return text;
    }
}
