using System.Security.Claims;
using Bunit;
using Bunit.TestDoubles;
using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Markdown;
using ChatApp.Profiles;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Radzen;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>
/// Renders what stands on the services over the services themselves: the application with its database, and a provider that the
/// test scripts behind its default agent.
/// </summary>
public abstract class PageTest : BunitContext, IAsyncLifetime
{
    private protected TestApp App { get; private set; } = null!;

    private protected ScriptedProvider Provider { get; } = ScriptedProvider.Start();

    /// <summary>Whether and as whom they have signed in.</summary>
    private protected BunitAuthorizationContext Authorization { get; private set; } = null!;

    /// <summary>Who looks at the page.</summary>
    private protected CurrentUser Person { get; private set; } = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        if (App is not null)
            await App.DisposeAsync();
        await Provider.DisposeAsync();
    }

    private protected Task StartAsync(params (string, string)[] settings) => StartAsync(TimeProvider.System, settings);

    /// <summary>Changes the application before it starts.</summary>
    private protected virtual void Configure(WebApplicationBuilder builder)
    {
    }

    /// <param name="time">Of the page; the application has the system's.</param>
    private protected async Task StartAsync(TimeProvider time, params (string, string)[] settings)
    {
        App = await TestApp.StartAsync(Configure, settings: settings);
        await App.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("p", ProviderKind.OpenAI) { BaseUrl = Provider.OpenAIBaseUrl, ApiKey = "key", AnyModel = true }, default);
        await App.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent("helper", new AgentSettings(Model: "p/m"), "Helper", IsDefault: true), null, default);
        Person = await CreatePersonAsync();

        JSInterop.Mode = JSRuntimeMode.Loose;
        Authorization = this.AddAuthorization();
        Authorization.SetAuthorized("ada@example.com");
        Authorization.SetClaims([new Claim(ClaimTypes.NameIdentifier, Person.Id.ToString()), .. Permissions.ScopeClaims(Permissions.ScopesOf(false))]);
        Services.AddRadzenComponents();
        Services.AddLocalization(o => o.ResourcesPath = "Resources");
        Services.AddSingleton(time);
        Share<ConversationService>();
        Share<ConversationEdits>();
        Share<ConversationIndex>();
        Share<ConversationSearch>();
        Share<Folders>();
        Share<Tags>();
        Share<Sharing>();
        Share<TemporaryChats>();
        Share<IOptions<ConversationOptions>>();
        Share<ConversationFeed>();
        Share<MessageTree>();
        Share<MessageNotes>();
        Share<ToolCalls>();
        Share<Drafts>();
        Share<ComposerLibrary>();
        Share<AgentCatalog>();
        Share<AskAccess>();
        Share<AskConversation>();
        Share<AskParticipants>();
        Share<AskSessions>();
        Share<ProfileService>();
        Share<RunService>();
        Share<IRunReader>();
        Share<MarkdownRenderer>();
        Share<IOptions<RunOptions>>();
        // Last: it closes the list of services.
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    private protected async Task<CurrentUser> CreatePersonAsync() =>
        new(await App.CreateUserAsync($"{Guid.NewGuid():n}@example.com"), IsAdmin: false, Permissions.ScopesOf(false).ToHashSet());

    /// <summary>Asks the agent, and waits for the answer's end.</summary>
    private protected async Task<StartedRun> AskAsync(string question, CurrentUser? by = null)
    {
        var run = await App.Services.GetRequiredService<RunService>().StartAsync(new RunRequest(by ?? Person, question), default);
        await foreach (var _ in App.Services.GetRequiredService<IRunReader>().ReadAsync(run.RunId, 0))
        {
            // Only its end matters.
        }
        return run;
    }

    private void Share<T>() where T : class => Services.AddSingleton(App.Services.GetRequiredService<T>());
}
