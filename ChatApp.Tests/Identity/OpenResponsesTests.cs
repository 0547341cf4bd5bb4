using System.Net.Http.Json;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Identity;

/// <summary>A response that is still being written ends within five seconds when its credential loses its right.</summary>
public sealed class OpenResponsesTests : IAsyncLifetime
{
    private const string Email = "root@example.com";
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    private readonly MovableTime _time = new();
    private readonly Gate _gate = new();
    private RunHarness _runs = null!;
    private Guid _root;

    public async Task InitializeAsync()
    {
        _runs = await RunHarness.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time));
        _runs.Provider.Script("m", s => s.Text("one").Wait(_gate).Finish(), s => s.Text("one").Wait(_gate).Finish());
        await _runs.App.CreateUserAsync("other@example.com", admin: true);
        _root = await _runs.App.CreateUserAsync(Email, admin: true);
    }

    public async Task DisposeAsync()
    {
        _gate.Open();
        await _runs.DisposeAsync();
    }

    [Theory]
    [InlineData("key", "revoked")]
    [InlineData("key", "expired")]
    [InlineData("key", "disabled")]
    [InlineData("key", "demoted")]
    [InlineData("cookie", "disabled")]
    [InlineData("cookie", "demoted")]
    [InlineData("cookie", "new password")]
    [InlineData("token", "disabled")]
    [InlineData("token", "demoted")]
    [InlineData("token", "signed out")]
    public async Task Stream_RightLost_EndsWithinFiveSecondsAndNobodyElses(string credential, string change)
    {
        var key = await _runs.App.Services.GetRequiredService<ApiKeyService>().CreateAsync(
            _root, "test", null, change == "expired" ? _time.GetUtcNow().UtcDateTime.AddSeconds(4) : null, default);
        using var client = credential switch
        {
            "key" => _runs.App.CreateClient(key.Secret),
            "token" => _runs.App.CreateClient(await LoginAsync()),
            _ => await _runs.App.SignInAsync(Email),
        };
        using var mine = await StreamAsync(client);
        using var others = await StreamAsync(_runs.Client);
        await using var lost = await mine.Content.ReadAsStreamAsync();
        await using var kept = await others.Content.ReadAsStreamAsync();
        await SseText.ReadToAsync(lost, "\"one\"");
        string text = await SseText.ReadToAsync(kept, "\"one\"");

        if (change == "signed out")
            (await client.PostAsync("/api/v1/auth/logout", null)).EnsureSuccessStatusCode();
        await ChangeAsync(change, key.Id);
        _time.Advance(Promised);

        await Assert.ThrowsAnyAsync<IOException>(() => SseText.ReadToAsync(lost, null));
        _gate.Open();
        Assert.EndsWith("\n\n", await SseText.ReadToAsync(kept, null, text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitingPost_KeyRevoked_EndsWithinFiveSeconds()
    {
        var keys = _runs.App.Services.GetRequiredService<ApiKeyService>();
        var key = await keys.CreateAsync(_root, "test", null, null, default);
        using var client = _runs.App.CreateClient(key.Secret);
        var waiting = client.PostAsJsonAsync("/api/runs", new { input = "Hi", model = "p/m" });
        await _gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));

        await keys.RevokeAsync(_root, key.Id, default);
        _time.Advance(Promised);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static async Task<HttpResponseMessage> StreamAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs") { Content = JsonContent.Create(new { input = "Hi", model = "p/m", stream = true }) };
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return response;
    }

    private async Task<string> LoginAsync()
    {
        using var client = _runs.App.CreateClient();
        using var answer = await client.PostAsJsonAsync("/api/v1/auth/login", new { email = Email, password = TestApp.Password });
        return (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).Text("access_token");
    }

    private async Task ChangeAsync(string change, Guid key)
    {
        await using var scope = _runs.App.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountService>();
        await (change switch
        {
            "revoked" => scope.ServiceProvider.GetRequiredService<ApiKeyService>().RevokeAsync(_root, key, default),
            "disabled" => accounts.SetDisabledAsync(_root, true, default),
            "demoted" => accounts.SetAdminAsync(_root, false, default),
            "new password" => accounts.SetPasswordAsync(_root, "another long one", default),
            _ => Task.CompletedTask,
        });
    }
}
