using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatApp.Tests.Identity;

/// <summary>Access and refresh tokens end with what they stand for.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private readonly SkippingTime _time = new();
    private TestApp _app = null!;
    private Guid _user;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time));
        await _app.CreateUserAsync("root@example.com", admin: true);
        _user = await _app.CreateUserAsync("ann@example.com");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("api/agents")]
    [InlineData("api/conversations")]
    [InlineData("api/v1/auth/me")]
    public async Task AccessToken_OnAnyRoute_IsTheAccount(string path)
    {
        var (access, _) = await LoginAsync();
        Assert.Equal(HttpStatusCode.OK, await GetAsync(path, access));
    }

    [Fact]
    public async Task AccessToken_OfAUser_HasNoRightsOfAnAdmin()
    {
        var (access, _) = await LoginAsync();
        using var client = _app.CreateClient(access);
        var me = await client.GetFromJsonAsync<JsonElement>("api/v1/auth/me");
        Assert.False(me.GetProperty("is_admin").GetBoolean());
        var (root, _) = await LoginAsync("root@example.com");
        using var admin = _app.CreateClient(root);
        Assert.True((await admin.GetFromJsonAsync<JsonElement>("api/v1/auth/me")).GetProperty("is_admin").GetBoolean());
    }

    [Fact]
    public async Task Tokens_AccountDisabled_EndBoth()
    {
        var (access, refresh) = await LoginAsync();
        await ChangeAsync(accounts => accounts.SetDisabledAsync(_user, true, default));

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("api/agents", access));
        Assert.Null(await RefreshAsync(refresh));
        using var client = _app.CreateClient();
        using var login = await client.PostAsJsonAsync("api/v1/auth/login", new { email = "ann@example.com", password = TestApp.Password });
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
    }

    [Fact]
    public async Task Tokens_AccountPromoted_EndBoth()
    {
        var (access, refresh) = await LoginAsync();
        await ChangeAsync(accounts => accounts.SetAdminAsync(_user, true, default));

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("api/agents", access));
        Assert.Null(await RefreshAsync(refresh));
    }

    [Fact]
    public async Task AccessToken_PastItsTime_EndsButTheRefreshTokenGivesANewOne()
    {
        var (access, refresh) = await LoginAsync();
        _time.Skip(TimeSpan.FromHours(2));

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("api/agents", access));
        var next = await RefreshAsync(refresh);
        Assert.Equal(HttpStatusCode.OK, await GetAsync("api/agents", next!));
    }

    [Fact]
    public async Task RefreshToken_UsedTwice_IsRefusedAndEndsTheSession()
    {
        var (_, first) = await LoginAsync();
        var second = await PairAsync(first);
        Assert.NotNull(second);
        var third = await PairAsync(second.Value.Refresh);
        Assert.Equal(HttpStatusCode.OK, await GetAsync("api/agents", third!.Value.Access));

        Assert.Null(await PairAsync(first));

        Assert.Null(await PairAsync(third.Value.Refresh));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("api/agents", third.Value.Access));
    }

    [Fact]
    public async Task RefreshToken_UsedAtTheSameTime_GivesAtMostOnePair()
    {
        var (_, refresh) = await LoginAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PairAsync(refresh)));
        Assert.Single(answers, a => a != null);
    }

    [Fact]
    public async Task RefreshToken_PastItsTime_Ends()
    {
        var (_, refresh) = await LoginAsync();
        _time.Skip(TimeSpan.FromDays(15));
        Assert.Null(await RefreshAsync(refresh));
    }

    [Fact]
    public async Task AccessToken_AltersOneCharacter_Is401()
    {
        var (access, _) = await LoginAsync();
        char[] altered = access.ToCharArray();
        altered[access.Length / 2] = altered[access.Length / 2] == 'A' ? 'B' : 'A';
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("api/agents", new string(altered)));
    }

    [Fact]
    public async Task Login_TooManyWrongPasswords_LocksTheRightOneOutToo()
    {
        using var client = _app.CreateClient();
        for (int i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsJsonAsync("api/v1/auth/login", new { email = "ann@example.com", password = "wrong password" })).StatusCode);

        using var locked = await client.PostAsJsonAsync("api/v1/auth/login", new { email = "ann@example.com", password = TestApp.Password });
        Assert.Equal(HttpStatusCode.Unauthorized, locked.StatusCode);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://app.example.com/path")]
    [InlineData("app.example.com")]
    [InlineData("null")]
    public async Task Origins_ThatAreNone_StopTheStart(string origin)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(settings: ("Cors:Origins:0", origin)));
        Assert.Contains("Cors:Origins", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Development", true)]
    public async Task Origins_NoneNamed_AreThoseOfTheFrontEndsInDevelopmentOnly(string environment, bool allowed)
    {
        await using var app = await TestApp.StartAsync(settings: ("environment", environment));
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("Origin", "http://localhost:3000");
        using var answer = await client.GetAsync("api/v1/auth/me");
        Assert.Equal(allowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("api/v1/auth/login", 400)]
    [InlineData("account/login", 400)]
    [InlineData("account/logout", 400)]
    [InlineData("api/files", 401)]
    public async Task Form_EndsInTheMiddle_IsTheClientsFault(string path, int status)
    {
        using var client = _app.CreateClient();
        const string body = "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nann@exa";
        var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        using var answer = await client.PostAsync(path, content);

        string text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        if (path == "api/v1/auth/login")
            Assert.Equal("The form can't be read: it ends in the middle.", JsonDocument.Parse(text).RootElement.Text("detail"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task Request_ForeignOriginWithACookie_IsNotAllowedToRead(string origin)
    {
        using var client = await _app.SignInAsync("ann@example.com");
        client.DefaultRequestHeaders.Add("Origin", origin);
        using var get = await client.GetAsync("api/v1/auth/me");
        using var post = await client.PostAsJsonAsync("api/v1/chat", new { text = "Hi" });

        Assert.Equal(HttpStatusCode.Forbidden, post.StatusCode);
        foreach (var answer in new[] { get, post })
            Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    private async Task<(string Access, string Refresh)> LoginAsync(string email = "ann@example.com")
    {
        using var client = _app.CreateClient();
        using var answer = await client.PostAsJsonAsync("api/v1/auth/login", new { email, password = TestApp.Password });
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (tokens.Text("access_token"), tokens.Text("refresh_token"));
    }

    /// <summary>The next access token; null where there is none.</summary>
    private async Task<string?> RefreshAsync(string refresh) => (await PairAsync(refresh))?.Access;

    private async Task<(string Access, string Refresh)?> PairAsync(string refresh)
    {
        using var client = _app.CreateClient();
        using var answer = await client.PostAsJsonAsync("api/v1/auth/refresh", new { refresh_token = refresh });
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (tokens.Text("access_token"), tokens.Text("refresh_token"));
    }

    private async Task<HttpStatusCode> GetAsync(string path, string token)
    {
        using var client = _app.CreateClient(token);
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }

    private async Task ChangeAsync(Func<AccountService, Task> change)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        await change(scope.ServiceProvider.GetRequiredService<AccountService>());
    }
}
