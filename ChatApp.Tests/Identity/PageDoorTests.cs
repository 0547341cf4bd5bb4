using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Identity;

/// <summary>Pages and the circuit do all that their person may do: what is for programs opens none of them, whatever its scopes.</summary>
public sealed partial class PageDoorTests : IAsyncLifetime
{
    private const string Email = "root@example.com";
    private TestApp _app = null!;
    private Guid _admin;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        _admin = await _app.CreateUserAsync(Email, admin: true);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("bearer")]
    [InlineData("x-api-key")]
    [InlineData("access token")]
    public async Task Page_OfAPerson_IsOpenedByASignInAlone(string by)
    {
        string[] pages =
        [
            .. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && e.Metadata.GetMetadata<IAllowAnonymous>() is null)
                .Select(e => Place().Replace(e.RoutePattern.RawText!, Guid.NewGuid().ToString()).TrimStart('/')).Distinct(),
        ];
        Assert.Contains("account/keys", pages);
        Assert.Contains("", pages);
        using var program = await ProgramAsync(by);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("api/agents")).StatusCode);
        using var person = await _app.SignInAsync(Email);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("account/keys")).StatusCode);
        foreach (string page in pages)
        {
            using var shown = await program.GetAsync(page);
            Assert.Equal((page, HttpStatusCode.Redirect), (page, shown.StatusCode));
            Assert.StartsWith("/account/login", shown.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("bearer")]
    [InlineData("x-api-key")]
    [InlineData("access token")]
    public async Task Circuit_OfAPerson_IsOpenedByASignInAlone(string by)
    {
        using var program = await ProgramAsync(by);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.PostAsync("_blazor/negotiate?negotiateVersion=1", null)).StatusCode);
    }

    private async Task<HttpClient> ProgramAsync(string by)
    {
        var client = _app.CreateClient();
        string key = await _app.CreateKeyAsync(_admin, string.Join(' ', Permissions.ScopesOf(true)));
        if (by == "bearer")
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        else if (by == "x-api-key")
            client.DefaultRequestHeaders.Add("x-api-key", key);
        else
            client.DefaultRequestHeaders.Authorization = new("Bearer", await LoginAsync(client));
        return client;
    }

    private static async Task<string> LoginAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync("api/v1/auth/login", new { email = Email, password = TestApp.Password });
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).Text("access_token");
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();
}
