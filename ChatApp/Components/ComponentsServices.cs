using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.Extensions.Options;
using Radzen;

namespace ChatApp.Components;

public static class ComponentsServices
{
    /// <summary>The pages in the browser: Blazor Server and Radzen.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddSingleton(p => new ComposerLibrary(
            p.GetRequiredService<Drafts>(), p.GetRequiredService<RunMedia>(), p.GetRequiredService<AgentVision>(), p.GetRequiredService<IOptions<FileLimits>>()));
        services.AddLocalization(o => o.ResourcesPath = "Resources");
        // The person's choice is in the cookie (the profile page sets it), else the browser says what it likes to read.
        services.Configure<RequestLocalizationOptions>(o =>
            o.SetDefaultCulture(Texts.Languages[0]).AddSupportedCultures([.. Texts.Languages]).AddSupportedUICultures([.. Texts.Languages]));
        services.AddCascadingAuthenticationState();
        return services;
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapRazorComponents<App>()
            // The policy of Identity/SecurityHeaders.cs says it already; two headers would be hard to reason about.
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null)
            // Pages and the circuit are for people who have signed in; a page for others says so itself, and gives its guests a pass for the circuit.
            .RequireAuthorization(GuestPass.Policy)
            .WithMetadata(PeopleOnly.Instance);
    }
}
