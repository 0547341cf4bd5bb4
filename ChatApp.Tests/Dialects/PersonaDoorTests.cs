using System.Net;
using System.Text.Json;
using ChatApp.Tests.Runs;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>The doors of the routes that Persona has at the root, where the table of the other doors does not look.</summary>
public sealed class PersonaDoorTests(DoorApp app) : IClassFixture<DoorApp>
{
    private const string Id = "01a1fd12-07ba-7734-972c-574d5b3b1bed";

    public static TheoryData<string, string> Closed => new()
    {
        { "POST", "/conversations/with-avee?avee_id=" + Id },
        { "GET", $"/conversations/{Id}/messages" },
        { "GET", "/me/conversations" },
        { "POST", $"/chat/stream?conversation_id={Id}&question=Hi" },
        { "POST", $"/chat/ask?conversation_id={Id}&question=Hi" },
    };

    [Theory]
    [MemberData(nameof(Closed))]
    public async Task Request_WithoutOrWithABadToken_IsRefusedAsTheContractSays(string method, string path)
    {
        Assert.Equal((HttpStatusCode.Forbidden, "Not authenticated"), await SendAsync(app.Anonymous, method, path));
        foreach (string token in new[] { "nonsense", app.ExpiredKey, app.RevokedKey })
            Assert.Equal((HttpStatusCode.Unauthorized, "Invalid token"), await SendAsync(app.Anonymous, method, path, token));
    }

    [Theory]
    [MemberData(nameof(Closed))]
    public async Task Request_KeyThatMayOnlyRead_WritesNothing(string method, string path)
    {
        string before = await app.StateAsync();
        var (status, detail) = await SendAsync(app.Reader, method, path);

        Assert.Equal(method == "POST", (status, detail) == (HttpStatusCode.Forbidden, "This account or API key may not do that."));
        Assert.Equal(before, await app.StateAsync());
    }

    [Fact]
    public void Routes_OfAllContracts_AllowTheConfiguredOriginsOnly()
    {
        var endpoints = app.Runs.App.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().ToList();
        string[] contracts = ["/api/ask/", "/api/v1/", "/api/stream/", "/ai/stream/", "/chat/", "/conversations/", "/me/", "/avees/"];

        foreach (var endpoint in endpoints)
        {
            bool isContract = contracts.Any(c => endpoint.RoutePattern.RawText!.StartsWith(c, StringComparison.Ordinal));
            Assert.Equal(isContract ? "contracts" : null, endpoint.Metadata.GetMetadata<IEnableCorsAttribute>()?.PolicyName);
        }
    }

    private static async Task<(HttpStatusCode Status, string Detail)> SendAsync(HttpClient client, string method, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (token != null)
            request.Headers.Authorization = new("Bearer", token);
        using var answer = await client.SendAsync(request);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        string detail = body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("detail", out var text) ? text.ToString() : "";
        return (answer.StatusCode, detail);
    }
}
