using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>
/// The application for all browser tests, started when the first one asks. Its default agent "Helper" answers over real HTTP from a
/// provider that the test scripts. Every test has a person of its own, so none sees another's conversations.
/// </summary>
public sealed class ChatSite : IAsyncLifetime
{
    private const string Model = "m";
    private readonly ScriptedProvider _provider = ScriptedProvider.Start();
    private Lazy<Task<TestApp>> _app;

    public ChatSite() => _app = new(StartAsync);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app.IsValueCreated)
            await (await _app.Value).DisposeAsync();
        await _provider.DisposeAsync();
    }

    /// <summary>The answers to the test's questions, in order.</summary>
    public void Script(params ReadOnlySpan<Func<ScriptedAnswer, ScriptedAnswer>> answers) => _provider.Script(Model, answers);

    public async Task<TestApp> GetAppAsync() => await _app.Value;

    /// <summary>A new person, whose password is <see cref="TestApp.Password"/>.</summary>
    public async Task<(CurrentUser User, string Email)> CreatePersonAsync()
    {
        string email = $"{Guid.NewGuid():n}@example.com";
        return (new CurrentUser(await (await _app.Value).CreateUserAsync(email), IsAdmin: false, Permissions.ScopesOf(false).ToHashSet()), email);
    }

    /// <summary>A browser of a new person who has signed in and sees the empty chat.</summary>
    public async Task<BrowserSession> OpenSignedInAsync(BrowserFixture browser, BrowserNewContextOptions? options = null, int conversations = 0)
    {
        var app = await _app.Value;
        var (user, email) = await CreatePersonAsync();
        for (int i = 1; i <= conversations; i++)
            await app.Services.GetRequiredService<ConversationService>().CreateAsync(user, $"Conversation {i}", null, default);
        var session = await browser.OpenAsync(app.Address.ToString(), options);
        await session.Page.GotoAsync("/");
        await session.Page.SignInAsync(email);
        await session.Page.CircuitAsync();
        return session;
    }

    private async Task<TestApp> StartAsync()
    {
        var app = await TestApp.StartAsync();
        await app.CreateUserAsync("admin@example.com", admin: true);
        await app.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("p", ProviderKind.OpenAI) { BaseUrl = _provider.OpenAIBaseUrl, ApiKey = "key", AnyModel = true }, default);
        await app.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent("helper", new AgentSettings(Model: $"p/{Model}"), "Helper", "Answers from a script.", IsDefault: true), null, default);
        return app;
    }
}
