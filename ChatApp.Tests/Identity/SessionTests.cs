using System.Net;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Identity;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TestApp _app = null!;
    private Guid _root;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time), ApiKeyTests.MapProbes);
        _root = await _app.CreateUserAsync("root@example.com", admin: true);
        await _app.CreateUserAsync("other@example.com", admin: true);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Cookie_OfAdmin_HasEveryScope()
    {
        using var client = await _app.SignInAsync("root@example.com");
        foreach (string scope in Scopes.All)
            Assert.Equal(_root.ToString(), await client.GetStringAsync($"probe/{scope}"));
    }

    [Fact]
    public async Task Cookie_IsHttpOnlyLaxAndNamedNeutrally()
    {
        using var client = _app.CreateClient();
        var answer = await client.PostFormAsync("account/login", new() { ["Email"] = "root@example.com", ["Password"] = TestApp.Password });
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("chat_session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_OwnerDemoted_LosesAdminWithinFiveSeconds()
    {
        using var client = await _app.SignInAsync("root@example.com");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("probe/admin")).StatusCode);
        await ChangeAsync(a => a.SetAdminAsync(_root, false, default));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("probe/admin")).StatusCode);

        using var again = await _app.SignInAsync("root@example.com");
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("probe/chat")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await again.GetAsync("probe/admin")).StatusCode);
    }

    [Fact]
    public async Task Cookie_OwnerDisabled_DiesWithinFiveSecondsAndCannotSignIn()
    {
        using var client = await _app.SignInAsync("root@example.com");
        await ChangeAsync(a => a.SetDisabledAsync(_root, true, default));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("probe/read")).StatusCode);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _app.SignInAsync("root@example.com"));
    }

    [Fact]
    public async Task SetAdmin_LastAdmin_IsRefused()
    {
        await ChangeAsync(a => a.SetAdminAsync(_root, false, default));
        await using var scope = _app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountService>();
        var last = (await accounts.FindByEmailAsync("other@example.com"))!.Id;
        Assert.Equal("last_admin", (await Assert.ThrowsAsync<ChatApp.Data.RequestProblem>(() => accounts.SetAdminAsync(last, false, default))).Code);
        Assert.Equal("last_admin", (await Assert.ThrowsAsync<ChatApp.Data.RequestProblem>(() => accounts.SetDisabledAsync(last, true, default))).Code);
    }

    [Fact]
    public async Task Login_ManyWrongPasswords_LocksTheAccount()
    {
        using var client = _app.CreateClient();
        int attempts = _app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<IdentityOptions>>().Value.Lockout.MaxFailedAccessAttempts;
        for (int i = 0; i < attempts; i++)
            Assert.Equal(HttpStatusCode.OK, (await client.PostFormAsync("account/login", new() { ["Email"] = "root@example.com", ["Password"] = "wrong" })).StatusCode);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _app.SignInAsync("root@example.com"));
    }

    [Theory]
    [InlineData("nobody@example.com")]
    [InlineData("root@example.com")]
    [InlineData("closed@example.com")]
    [InlineData("locked@example.com")]
    public async Task Login_Refused_CostsOneHashWhateverTheAccount(string email)
    {
        var hasher = new CountingHasher();
        await using var app = await TestApp.StartAsync(b => b.Services.AddScoped<IPasswordHasher<Account>>(_ => hasher));
        await app.CreateUserAsync("root@example.com", admin: true);
        var closed = await app.CreateUserAsync("closed@example.com");
        await app.CreateUserAsync("locked@example.com");
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<AccountService>().SetDisabledAsync(closed, true, default);
            var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
            await users.SetLockoutEndDateAsync((await users.FindByEmailAsync("locked@example.com"))!, DateTimeOffset.MaxValue);
        }
        using var client = app.CreateClient();

        await client.PostFormAsync("account/login", new() { ["Email"] = email, ["Password"] = "wrong" });

        Assert.Equal(1, hasher.Verified);
    }

    private sealed class CountingHasher : PasswordHasher<Account>
    {
        private int _verified;

        public int Verified => _verified;

        public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _verified);
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }

    [Theory]
    [InlineData("/account/keys?a=1", "/account/keys?a=1")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("/\t/evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public async Task Login_ReturnUrl_IsOnlyEverLocal(string returnUrl, string expected)
    {
        using var client = _app.CreateClient();
        var answer = await client.PostFormAsync($"account/login?returnUrl={Uri.EscapeDataString(returnUrl)}", new()
        {
            ["Email"] = "root@example.com", ["Password"] = TestApp.Password,
        });
        Assert.Equal(expected, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Logout_WithToken_EndsTheSession_WithoutDoesNot()
    {
        using var client = await _app.SignInAsync("root@example.com");
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("account/logout", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("probe/read")).StatusCode);
        var form = await client.ReadFormAsync("account/keys");
        Assert.Equal("/account/login", (await client.PostAsync("account/logout", FormPosts.Fill(form, []))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("probe/read")).StatusCode);
    }

    [Fact]
    public async Task Logout_OneBrowser_EndsCopiesOfItsCookieAndNoOtherSession()
    {
        var (browser, cookie) = await SignInWithCookieAsync();
        using var here = browser;
        using var copy = _app.CreateClient();
        copy.DefaultRequestHeaders.Add("Cookie", cookie);
        using var elsewhere = await _app.SignInAsync("root@example.com");
        _time.Advance(TimeSpan.FromSeconds(5));
        // Here the cookie is given anew; the copy is the old one.
        foreach (var client in new[] { here, copy, elsewhere })
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("probe/read")).StatusCode);

        var form = await here.ReadFormAsync("account/keys");
        (await here.PostAsync("account/logout", FormPosts.Fill(form, []))).Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpStatusCode.Unauthorized, (await copy.GetAsync("probe/read")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("probe/read")).StatusCode);
    }

    [Fact]
    public async Task Cookie_UsedNowAndThen_OutlivesFourteenDays_UnusedDoesNot()
    {
        using var client = await _app.SignInAsync("root@example.com");
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromDays(10));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("probe/read")).StatusCode);
        }
        _time.Advance(TimeSpan.FromDays(15));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("probe/read")).StatusCode);
    }

    private async Task<(HttpClient Client, string Cookie)> SignInWithCookieAsync()
    {
        var client = _app.CreateClient();
        using var answer = await client.PostFormAsync("account/login", new() { ["Email"] = "root@example.com", ["Password"] = TestApp.Password });
        string cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("chat_session=", StringComparison.Ordinal));
        return (client, cookie[..cookie.IndexOf(';', StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task KeysPage_CreateAndRevoke_ShowsTheKeyOnceAndEndsIt()
    {
        using var client = await _app.SignInAsync("root@example.com");
        var answer = await client.PostFormAsync("account/keys", new() { ["Name"] = "robot", ["Days"] = "30", ["Granted"] = "chat" }, "create");
        string key = System.Text.RegularExpressions.Regex.Match(await answer.Content.ReadAsStringAsync(), "ck_[A-Za-z0-9_-]{43}").Value;
        using var robot = _app.CreateClient(key);
        Assert.Equal(HttpStatusCode.OK, (await robot.GetAsync("probe/chat")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await robot.GetAsync("probe/admin")).StatusCode);

        string page = await client.GetStringAsync("account/keys");
        Assert.Contains(key[..10], page, StringComparison.Ordinal);
        Assert.DoesNotContain(key, page, StringComparison.Ordinal);
        await client.PostFormAsync("account/keys", [], "revoke");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, (await robot.GetAsync("probe/chat")).StatusCode);
    }

    private async Task ChangeAsync(Func<AccountService, Task> change)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        await change(scope.ServiceProvider.GetRequiredService<AccountService>());
    }
}
