using System.Net;
using System.Text;
using System.Text.Json;
using ChatApp.Identity.ApiKeys;
using ChatApp.Tests.Runs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>Every route of the API keeps its door: who may pass, and how those are answered who may not.</summary>
public sealed class DoorTests(DoorApp app) : IClassFixture<DoorApp>
{
    /// <summary>A route as it is mapped, and a body that it takes.</summary>
    /// <param name="Of">Whose id it names; null for none.</param>
    /// <param name="Contract">Whether its errors look as a contract says; its traces have them to the byte.</param>
    public sealed record Route(string Method, string Pattern, string? Body = null, string? Of = null, bool Contract = false)
    {
        public bool Writes => Method != "GET";

        public override string ToString() => $"{Method} {Pattern}";
    }

    // A new route needs an entry here: see Routes_AllThatAreMapped_AreInTheTable.
    internal static readonly Route[] Table =
    [
        new("POST", "/api/runs/", """{"input":"Hi","model":"p/m"}"""),
        new("GET", "/api/runs/{id:guid}", Of: "run"),
        new("GET", "/api/runs/{id:guid}/events", Of: "run"),
        new("POST", "/api/runs/{id:guid}/cancel", Of: "run"),
        new("GET", "/api/agents"),
        new("GET", "/api/prompts/"),
        new("POST", "/api/prompts/", """{"command":"greet","text":"Hello"}"""),
        new("PATCH", "/api/prompts/{id:guid}", """{"name":"Changed"}""", "prompt"),
        new("DELETE", "/api/prompts/{id:guid}", Of: "prompt"),
        new("GET", "/api/conversations/"),
        new("POST", "/api/conversations/", """{"title":"New"}"""),
        new("GET", "/api/conversations/{id:guid}", Of: "conversation"),
        new("PATCH", "/api/conversations/{id:guid}", """{"title":"Changed"}""", "conversation"),
        new("DELETE", "/api/conversations/{id:guid}", Of: "conversation"),
        new("GET", "/api/conversations/{id:guid}/messages", Of: "conversation"),
        new("GET", "/api/conversations/{id:guid}/active-run", Of: "conversation"),
        new("POST", "/api/conversations/{id:guid}/active-leaf", """{"message_id":"019a0000-0000-7000-8000-000000000000"}""", "conversation"),
        new("GET", "/api/messages/{id:guid}/details", Of: "message"),
        new("PUT", "/api/messages/{id:guid}/feedback", """{"good":true,"reason":"Clear"}""", "message"),
        new("DELETE", "/api/messages/{id:guid}/feedback", Of: "message"),
        new("GET", "/api/conversations/{id:guid}/export", Of: "conversation"),
        new("GET", "/api/export"),
        new("POST", "/api/import"),
        new("GET", "/api/preferences"),
        new("PATCH", "/api/preferences", """{"theme":"dark"}"""),
        new("GET", "/api/usage"),
        new("GET", "/api/conversations/{id:guid}/shares", Of: "conversation"),
        new("POST", "/api/conversations/{id:guid}/shares", "{}", "conversation"),
        new("DELETE", "/api/conversations/{id:guid}/shares/{share:guid}", Of: "conversation"),
        new("GET", "/api/folders/"),
        new("POST", "/api/folders/", """{"name":"New"}"""),
        new("PATCH", "/api/folders/{id:guid}", """{"name":"Changed"}""", "folder"),
        new("DELETE", "/api/folders/{id:guid}", Of: "folder"),
        new("GET", "/api/search"),
        new("GET", "/api/points"),
        new("POST", "/api/files/"),
        new("GET", "/api/files/"),
        new("DELETE", "/api/files/{id:guid}", Of: "file"),
        new("GET", "/api/files/{id:guid}", Of: "file"),
        new("POST", "/api/stream/stream-conversation", """{"message":"Hi"}""", Contract: true),
        new("GET", "/api/stream/stream-simple", Contract: true),
        new("POST", "/api/v1/chat", """{"text":"Hi"}""", Contract: true),
        new("POST", "/api/v1/chat/stream", """{"text":"Hi"}""", Contract: true),
        new("GET", "/api/v1/auth/me", Contract: true),
    ];

    // Of contracts, and for everybody, or with a rule of their own that their traces have.
    private static readonly string[] Open =
    [
        "GET /api/stream/health", "POST /api/v1/auth/register", "POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "POST /api/v1/auth/logout",
        "GET /api/v1/auth/verify-token", "POST /api/v1/auth/verify-token",
        // Each session decides who may come in: AskAccessTests.
        "GET /api/ask/{key}", "POST /api/ask/{key}", "POST /api/ask/{key}/stream", "POST /api/ask/{key}/stream-simple", "POST /api/ask/{key}/respond",
        "GET /api/ask/{key}/runs/{id:guid}",
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Table.Length)];
    public static TheoryData<int> Writing => [.. Enumerable.Range(0, Table.Length).Where(i => Table[i].Writes)];
    public static TheoryData<int> WithBody => [.. Enumerable.Range(0, Table.Length).Where(i => Table[i] is { Body: not null, Contract: false })];
    public static TheoryData<int> OfSomeone => [.. Enumerable.Range(0, Table.Length).Where(i => Table[i].Of != null)];

    [Fact]
    public void Routes_AllThatAreMapped_AreInTheTable()
    {
        var mapped = app.Runs.App.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText}") ?? [$"* {e.RoutePattern.RawText}"]);

        Assert.Equal(Table.Select(r => r.ToString()).Concat(Open).Order(), mapped.Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Request_WithoutOrWithABadKey_Is401(int route)
    {
        string before = await app.StateAsync();
        foreach (var (header, value) in new[]
        {
            ("X-Nothing", "x"), ("Authorization", "Bearer nonsense"), ("x-api-key", "nonsense"), ("Authorization", $"Bearer {app.ExpiredKey}"),
            ("x-api-key", app.ExpiredKey), ("Authorization", $"Bearer {app.RevokedKey}"), ("x-api-key", app.RevokedKey),
        })
        {
            using var request = app.NewRequest(Table[route]);
            request.Headers.Add(header, value);
            // What a browser sends: even so it is no redirect to the login page.
            request.Headers.Add("Accept", "text/html");
            using var answer = await app.Anonymous.SendAsync(request);
            await AssertRefusedAsync(Table[route], answer, 401, "unauthorized");
            Assert.Null(answer.Headers.Location);
        }
        Assert.Equal(before, await app.StateAsync());
    }

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task Request_KeyThatMayOnlyRead_Is403(int route)
    {
        string before = await app.StateAsync();
        using var request = app.NewRequest(Table[route]);

        using var answer = await app.Reader.SendAsync(request);

        await AssertRefusedAsync(Table[route], answer, 403, "forbidden");
        Assert.Equal(before, await app.StateAsync());
    }

    [Theory]
    [MemberData(nameof(OfSomeone))]
    public async Task Request_SomeoneElsesId_AnswersLikeAnUnknownOne(int route)
    {
        string before = await app.StateAsync();
        using var request = app.NewRequest(Table[route]);
        using var someoneElses = await app.Stranger.SendAsync(request);
        string body = await AssertProblemAsync(someoneElses, 404, "not_found");

        using var another = app.NewRequest(Table[route], Guid.NewGuid());
        using var unknown = await app.Stranger.SendAsync(another);
        string unknownBody = await AssertProblemAsync(unknown, 404, "not_found");

        Assert.Equal(WithoutRequestId(unknownBody), WithoutRequestId(body));
        Assert.Equal(before, await app.StateAsync());
    }

    [Theory]
    [MemberData(nameof(OfSomeone))]
    public async Task Request_IdThatIsNone_Is404(int route)
    {
        string before = await app.StateAsync();
        foreach (string id in new[] { "1", "not-an-id", "%2e%2e", "{}", new string('a', 2000) })
        {
            string path = Table[route].Pattern.Replace("{id:guid}", id, StringComparison.Ordinal);
            // Clients fold the dots before they send: then it is a good request to another route.
            if (Table.Any(r => r.Pattern == new Uri(app.Runs.App.Address, path).AbsolutePath))
                continue;
            using var request = new HttpRequestMessage(new HttpMethod(Table[route].Method), path) { Content = DoorApp.Json(Table[route].Body) };
            using var answer = await app.Runs.Client.SendAsync(request);
            await AssertProblemAsync(answer, 404, "not_found");
        }
        Assert.Equal(before, await app.StateAsync());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Request_MethodThatNoRouteTakes_Is405AndNamesThoseItTakes(int route)
    {
        string before = await app.StateAsync();
        foreach (string method in new[] { "PUT", "PROPFIND" })
        {
            if (Table.Any(r => r.Pattern == Table[route].Pattern && r.Method == method))
                continue;
            using var request = app.NewRequest(Table[route], method: method);

            using var answer = await app.Runs.Client.SendAsync(request);

            await AssertProblemAsync(answer, 405, "method_not_allowed");
            Assert.Equal(
                Table.Where(r => r.Pattern == Table[route].Pattern).Select(r => r.Method).Order(), answer.Content.Headers.Allow.Order());
        }
        Assert.Equal(before, await app.StateAsync());
    }

    // A stream has no length and no end to tell of before it is there; docs/api/runs.md says so.
    [Fact]
    public async Task Request_Head_Is405WithoutABody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/agents");

        using var answer = await app.Runs.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET"], answer.Content.Headers.Allow);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [MemberData(nameof(WithBody))]
    public async Task Request_BodyOfAnotherType_Is415(int route)
    {
        string before = await app.StateAsync();
        foreach (string type in new[] { "text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data" })
        {
            using var request = app.NewRequest(Table[route]);
            request.Content = new StringContent(Table[route].Body!, Encoding.UTF8, type);

            using var answer = await app.Runs.Client.SendAsync(request);

            await AssertProblemAsync(answer, 415, "unsupported_media_type");
        }
        Assert.Equal(before, await app.StateAsync());
    }

    [Theory]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/")]
    [InlineData("GET", "/api/nothing")]
    [InlineData("GET", "/api/nothing.json")]
    [InlineData("HEAD", "/api/nothing")]
    [InlineData("POST", "/api/nothing")]
    [InlineData("POST", "/api/nothing.json")]
    [InlineData("PUT", "/api/nothing")]
    [InlineData("PATCH", "/api/runs/x/y/z")]
    [InlineData("DELETE", "/api/conversations/01a1fbca-9e94-723d-9f1e-4a1c510ab62b/nothing")]
    [InlineData("POST", "/v1/nothing")]
    [InlineData("POST", "/nothing")]
    public async Task Request_UnknownPath_Is404(string method, string path)
    {
        foreach (var client in new[] { app.Anonymous, app.Runs.Client })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method is "GET" or "HEAD" ? null : DoorApp.Json("{}") };
            request.Headers.Add("Accept", "text/html");

            using var answer = await client.SendAsync(request);

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Request_KeyRevokedWhileItIsInUse_FailsWithinItsFreshness()
    {
        var keys = app.Runs.App.Services.GetRequiredService<ApiKeyService>();
        var key = await keys.CreateAsync(app.Runs.User.Id, "short", null, null, default);
        using var client = app.Runs.App.CreateClient(key.Secret);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/agents")).StatusCode);

        await keys.RevokeAsync(app.Runs.User.Id, key.Id, default);
        app.Time.Skip(TimeSpan.FromSeconds(6));

        using var answer = await client.GetAsync("/api/agents");
        await AssertProblemAsync(answer, 401, "unauthorized");
    }

    private static async Task AssertRefusedAsync(Route route, HttpResponseMessage answer, int status, string code)
    {
        if (route.Contract)
            Assert.Equal((status, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        else
            await AssertProblemAsync(answer, status, code);
    }

    private static async Task<string> AssertProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} instead of {status}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(body);
        Assert.Equal((status, code), (problem.RootElement.GetProperty("status").GetInt32(), problem.RootElement.Text("code")));
        return body;
    }

    private static string WithoutRequestId(string problem) => System.Text.RegularExpressions.Regex.Replace(problem, "\"request_id\":\"[^\"]*\"", "");
}
