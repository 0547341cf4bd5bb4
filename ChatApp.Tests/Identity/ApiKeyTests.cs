using System.Net;
using System.Net.Http.Headers;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Identity;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TestApp _app = null!;
    private Guid _user;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time), MapProbes);
        _user = await _app.CreateUserAsync("ann@example.com");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    internal static void MapProbes(WebApplication app)
    {
        foreach (string scope in Scopes.All)
            app.MapGet($"/probe/{scope}", (HttpContext context) => CurrentUser.From(context.User).Id.ToString()).RequireAuthorization(scope);
    }

    [Fact]
    public async Task Request_EitherHeader_GetsTheSameVerdict()
    {
        string valid = await _app.CreateKeyAsync(_user);
        string expired = await _app.CreateKeyAsync(_user, null, _time.GetUtcNow().UtcDateTime.AddMinutes(1));
        string revoked = await _app.CreateKeyAsync(_user);
        var keys = _app.Services.GetRequiredService<ApiKeyService>();
        await keys.RevokeAsync(_user, (await keys.ListAsync(_user, default)).Single(k => revoked.StartsWith(k.Prefix, StringComparison.Ordinal)).Id, default);
        var other = await _app.CreateUserAsync("off@example.com");
        string disabled = await _app.CreateKeyAsync(other);
        await DisableAsync(other);
        _time.Advance(TimeSpan.FromMinutes(2));

        foreach (var (key, expected) in new[]
        {
            (valid, HttpStatusCode.OK), (expired, HttpStatusCode.Unauthorized), (revoked, HttpStatusCode.Unauthorized),
            (disabled, HttpStatusCode.Unauthorized), (valid[..^1] + (valid[^1] == 'A' ? 'B' : 'A'), HttpStatusCode.Unauthorized), ("ck_", HttpStatusCode.Unauthorized),
            ("", HttpStatusCode.Unauthorized), (valid + "x", HttpStatusCode.Unauthorized),
        })
        {
            Assert.Equal(expected, await StatusAsync("/probe/read", bearer: key));
            Assert.Equal(expected, await StatusAsync("/probe/read", header: key));
            Assert.Equal(expected, await StatusAsync("/probe/read", bearer: key, header: key));
        }
    }

    [Fact]
    public async Task Request_TwoDifferentKeys_IsUnauthorized()
    {
        string one = await _app.CreateKeyAsync(_user);
        string two = await _app.CreateKeyAsync(_user);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/probe/read", bearer: one, header: two));
    }

    [Theory]
    [InlineData("read", "read")]
    [InlineData("chat", "read chat")]
    [InlineData("read chat", "read chat")]
    [InlineData("admin", "admin")]
    public async Task Request_Scopes_ReachOnlyTheirRoutes(string scopes, string reachable)
    {
        var admin = await _app.CreateUserAsync("root@example.com", admin: true);
        string key = await _app.CreateKeyAsync(admin, scopes);
        foreach (string route in Scopes.All)
        {
            var expected = reachable.Split(' ').Contains(route) ? HttpStatusCode.OK : HttpStatusCode.Forbidden;
            Assert.Equal(expected, await StatusAsync($"/probe/{route}", bearer: key));
        }
    }

    [Fact]
    public async Task Request_OwnerDemoted_LosesAdminWithinFiveSeconds()
    {
        await _app.CreateUserAsync("other@example.com", admin: true);
        var admin = await _app.CreateUserAsync("root@example.com", admin: true);
        string key = await _app.CreateKeyAsync(admin, "read admin");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/probe/admin", bearer: key));

        await using (var scope = _app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<AccountService>().SetAdminAsync(admin, false, default);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/probe/admin", bearer: key));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/probe/read", bearer: key));
    }

    [Fact]
    public async Task Request_RevokedOrOwnerDisabledWhileCached_IsRefusedWithinFiveSeconds()
    {
        string first = await _app.CreateKeyAsync(_user);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/probe/read", bearer: first));
        var keys = _app.Services.GetRequiredService<ApiKeyService>();
        Assert.True(await keys.RevokeAsync(_user, Assert.Single(await keys.ListAsync(_user, default)).Id, default));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/probe/read", bearer: first));

        string second = await _app.CreateKeyAsync(_user);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/probe/read", bearer: second));
        await DisableAsync(_user);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/probe/read", bearer: second));
    }

    [Fact]
    public async Task Request_ExpiresWhileCached_IsRefusedAtOnce()
    {
        string key = await _app.CreateKeyAsync(_user, null, _time.GetUtcNow().UtcDateTime.AddSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/probe/read", bearer: key));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/probe/read", bearer: key));
    }

    [Fact]
    public async Task Create_ScopeWiderThanOwner_IsForbidden()
    {
        var problem = await Assert.ThrowsAsync<RequestProblem>(() => _app.CreateKeyAsync(_user, "admin"));
        Assert.Equal((403, "scopes"), (problem.Status, problem.Field));
        problem = await Assert.ThrowsAsync<RequestProblem>(() => _app.CreateKeyAsync(_user, "root"));
        Assert.Equal((400, "scopes"), (problem.Status, problem.Field));
    }

    [Fact]
    public async Task Revoke_SomeoneElsesKey_DoesNothing()
    {
        string key = await _app.CreateKeyAsync(_user);
        var keys = _app.Services.GetRequiredService<ApiKeyService>();
        var id = Assert.Single(await keys.ListAsync(_user, default)).Id;
        Assert.False(await keys.RevokeAsync(await _app.CreateUserAsync("eve@example.com"), id, default));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/probe/read", bearer: key));
    }

    [Fact]
    public async Task Use_WrittenOncePerMinute_AndKeyNeverInTheDatabaseFile()
    {
        string key = await _app.CreateKeyAsync(_user);
        var first = _time.GetUtcNow().UtcDateTime;
        await StatusAsync("/probe/read", bearer: key);
        _time.Advance(TimeSpan.FromSeconds(59));
        await StatusAsync("/probe/read", bearer: key);
        _app = await RestartAsync();
        Assert.Equal(first, Assert.Single(await _app.Services.GetRequiredService<ApiKeyService>().ListAsync(_user, default)).LastUsedAt);

        _time.Advance(TimeSpan.FromSeconds(1));
        await StatusAsync("/probe/read", bearer: key);
        _app = await RestartAsync();
        Assert.Equal(first.AddMinutes(1), Assert.Single(await _app.Services.GetRequiredService<ApiKeyService>().ListAsync(_user, default)).LastUsedAt);

        byte[] secret = System.Text.Encoding.ASCII.GetBytes(key[ApiKeyFormat.PrefixLength..]);
        // The lock file is the server's alone, and empty.
        string[] files = [.. Directory.GetFiles(_app.DataDirectory, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "server.lock")];
        Assert.Contains(files, f => f.EndsWith("chat.db", StringComparison.Ordinal));
        foreach (string file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(secret));
        }
    }

    // Stopping writes what has been recorded.
    private Task<TestApp> RestartAsync() => _app.RestartAsync(b => b.Services.AddSingleton<TimeProvider>(_time), MapProbes);

    private async Task DisableAsync(Guid account)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        var now = _time.GetUtcNow().UtcDateTime;
        await db.Users.Where(u => u.Id == account).ExecuteUpdateAsync(s => s.SetProperty(u => u.DisabledAt, now));
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string? bearer = null, string? header = null)
    {
        using var client = _app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (bearer is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        if (header is not null)
            request.Headers.TryAddWithoutValidation("x-api-key", header);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
