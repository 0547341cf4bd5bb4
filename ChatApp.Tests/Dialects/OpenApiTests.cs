using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>The OpenAPI document tells what a client needs to know: every route, what it takes, and how it answers.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private JsonElement _document;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        using var client = _app.CreateClient();
        _document = await client.GetFromJsonAsync<JsonElement>("openapi/v1.json");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public void Document_EveryRouteThatNeedsAKey_IsThereWithItsParametersErrorsAndKeys()
    {
        var routes = _app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal) && e.Metadata.GetMetadata<IAuthorizeData>() != null)
            // The contracts of other systems are described by those (docs/api/streaming.md).
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() == null)
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Method: method, Endpoint: e))).ToList();
        Assert.NotEmpty(routes);

        foreach (var (method, endpoint) in routes)
        {
            string path = Regex.Replace(endpoint.RoutePattern.RawText!.TrimEnd('/'), ":[^}]+", "");
            var operation = Operation(method, path);
            Assert.Equal(
                endpoint.RoutePattern.Parameters.Select(p => p.Name), Parameters(operation).Where(p => p.Text("in") == "path").Select(p => p.Text("name")));
            Assert.Equal(["bearer", "x-api-key"], operation.GetProperty("security").EnumerateArray().Select(s => Assert.Single(s.EnumerateObject()).Name));
            foreach (int status in new[] { 401, 403 })
                AssertProblem(operation, status);
            if (endpoint.RoutePattern.Parameters.Count > 0)
                AssertProblem(operation, 404);
            if (operation.TryGetProperty("requestBody", out _))
                AssertProblem(operation, 415);
        }
    }

    [Theory]
    [InlineData("POST", "/api/runs", "header:Idempotency-Key", "200 202 400 401 403 404 409 413 415 422 429 503")]
    [InlineData("GET", "/api/runs/{id}/events", "path:id header:Last-Event-ID query:after", "200 204 400 401 403 404 410 503")]
    [InlineData("GET", "/api/conversations", "query:limit query:before query:archived query:folder query:tag", "200 400 401 403 503")]
    [InlineData("GET", "/health", "", "200 503")]
    public void Document_Operation_NamesWhatItTakesAndHowItAnswers(string method, string path, string parameters, string answers)
    {
        var operation = Operation(method, path);

        Assert.Equal(parameters, string.Join(' ', Parameters(operation).Select(p => $"{p.Text("in")}:{p.Text("name")}")));
        Assert.Equal(answers, string.Join(' ', operation.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order()));
    }

    [Fact]
    public void Document_Streams_AreDeclaredBesideJson()
    {
        Assert.Equal(["application/json", "text/event-stream"], ContentTypes(Operation("POST", "/api/runs"), "200"));
        Assert.Equal(["text/event-stream"], ContentTypes(Operation("GET", "/api/runs/{id}/events"), "200"));
        Assert.Equal("string", Operation("POST", "/api/runs").GetProperty("responses").GetProperty("200").GetProperty("content")
            .GetProperty("text/event-stream").GetProperty("schema").Text("type"));
    }

    [Fact]
    public void Document_Schemas_RequireOnlyWhatIsAlwaysThere()
    {
        Assert.False(Schema("StartRunBody").TryGetProperty("required", out var required) && required.GetArrayLength() > 0);
        string[] problem = [.. Schema("Problem").GetProperty("required").EnumerateArray().Select(r => r.GetString()!)];
        Assert.Contains("code", problem);
        Assert.DoesNotContain("field", problem);
    }

    [Fact]
    public void Document_Keys_AreSentAsEitherHeader()
    {
        var schemes = _document.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal(("http", "bearer"), (schemes.GetProperty("bearer").Text("type"), schemes.GetProperty("bearer").Text("scheme")));
        Assert.Equal(("apiKey", "header", "x-api-key"), (schemes.GetProperty("x-api-key").Text("type"), schemes.GetProperty("x-api-key").Text("in"), schemes.GetProperty("x-api-key").Text("name")));
    }

    private JsonElement Operation(string method, string path)
    {
        Assert.True(
            _document.GetProperty("paths").TryGetProperty(path, out var operations) && operations.TryGetProperty(method.ToLowerInvariant(), out _),
            $"{method} {path} is not in the document.");
        return operations.GetProperty(method.ToLowerInvariant());
    }

    private JsonElement Schema(string name) => _document.GetProperty("components").GetProperty("schemas").GetProperty(name);

    private static JsonElement[] Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

    private static IEnumerable<string> ContentTypes(JsonElement operation, string status) =>
        operation.GetProperty("responses").GetProperty(status).GetProperty("content").EnumerateObject().Select(c => c.Name).Order();

    private static void AssertProblem(JsonElement operation, int status) => Assert.Equal(
        "#/components/schemas/Problem",
        operation.GetProperty("responses").GetProperty($"{status}").GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").Text("$ref"));
}
