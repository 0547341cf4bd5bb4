using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatApp.Tests.Infrastructure;

/// <summary>The real application on a real Kestrel port of its own, over a data directory of its own.</summary>
public sealed class TestApp : IAsyncDisposable
{
    /// <summary>The password of every account that <see cref="CreateUserAsync"/> makes.</summary>
    public const string Password = "Bench-mark-9";

    private readonly WebApplication _app;
    private readonly TestDirectory _directory;
    private bool _stopped;

    private TestApp(WebApplication app, TestDirectory directory)
    {
        _app = app;
        _directory = directory;
    }

    /// <summary>Where it listens, e.g. <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address => new(_app.Urls.Single());

    public IServiceProvider Services => _app.Services;

    public string DataDirectory => _directory.Path;

    /// <summary>No test waits for what only costs time, and no script answers a question that its test has not asked; a test that is about these gives its own.</summary>
    private static readonly string[] ImpatientSettings = ["--Runs:DrainTimeout=00:00:00", "--Runs:RetryDelay=00:00:00", "--Conversations:Titles=false"];

    /// <summary>Starts the application.</summary>
    /// <param name="configure">Replaces services or settings, adds routes' services, …</param>
    /// <param name="map">Adds routes of the test.</param>
    /// <param name="directory">The data directory of an earlier instance, to start again on; null for a fresh one.</param>
    /// <param name="settings">Configuration, e.g. <c>("Runs:MaxInput", "100")</c>.</param>
    public static async Task<TestApp> StartAsync(
        Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null, TestDirectory? directory = null,
        params (string Name, string Value)[] settings)
    {
        directory ??= new TestDirectory();
        string[] args =
            ["--urls=http://127.0.0.1:0", $"--Data:Directory={directory.Path}", .. ImpatientSettings, .. settings.Select(s => $"--{s.Name}={s.Value}")];
        var app = Program.Build(args, builder =>
        {
            builder.Logging.ClearProviders();
            configure?.Invoke(builder);
        });
        map?.Invoke(app);
        await Program.PrepareAsync(app);
        await app.StartAsync();
        return new TestApp(app, directory);
    }

    /// <summary>Stops it and starts another one on the same data, e.g. with other settings.</summary>
    public async Task<TestApp> RestartAsync(Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        await StopAsync();
        return await StartAsync(configure, map, _directory);
    }

    /// <summary>A client that keeps cookies, follows no redirects and sends the key where one is given.</summary>
    public HttpClient CreateClient(string? key = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    /// <summary>A client with the cookie of a signed-in person.</summary>
    public async Task<HttpClient> SignInAsync(string email)
    {
        var client = CreateClient();
        var response = await client.PostFormAsync("account/login", new() { ["Email"] = email, ["Password"] = Password });
        return response.StatusCode == System.Net.HttpStatusCode.Redirect
            ? client
            : throw new InvalidOperationException($"Signing in answered {(int)response.StatusCode}.");
    }

    public async Task<Guid> CreateUserAsync(string email, bool admin = false)
    {
        await using var scope = Services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<AccountService>().CreateAsync(email, Password, admin, default);
        return account.Id;
    }

    /// <summary>Makes a key; null scopes for the default ones.</summary>
    public async Task<string> CreateKeyAsync(Guid userId, string? scopes = null, DateTime? expiresAt = null) =>
        (await Services.GetRequiredService<ApiKeyService>().CreateAsync(userId, "test", scopes, expiresAt, default)).Secret;

    /// <summary>A new person with a key of their own, and a client that sends it.</summary>
    public async Task<(CurrentUser User, HttpClient Client)> CreateCallerAsync(bool admin = false)
    {
        var id = await CreateUserAsync($"{Guid.NewGuid():n}@example.com", admin);
        string[] scopes = [.. Permissions.ScopesOf(admin)];
        return (new CurrentUser(id, admin, scopes.ToHashSet()), CreateClient(await CreateKeyAsync(id, string.Join(' ', scopes))));
    }

    /// <summary>Stops it as a host does, leaving the data. The second time it does nothing.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, true))
            return;
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Dispose();
    }
}
