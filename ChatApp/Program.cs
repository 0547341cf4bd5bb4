using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.CommandLine;
using ChatApp.Components;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Diagnostics;
using ChatApp.Dialects;
using ChatApp.Dialects.Sse;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Ledger;
using ChatApp.Markdown;
using ChatApp.Profiles;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Settings;
using ChatApp.Transfer;

if (Verbs.IsVerb(args))
    return await Verbs.RunAsync(() => Build(args), args);
return await Serving.RunAsync(() => Build(args), PrepareAsync);

internal sealed partial class Program
{
    /// <summary>The whole application, not yet started. The tests start it on a port of their own.</summary>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        bool isVerb = Verbs.IsVerb(args);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = isVerb ? [] : args, ApplicationName = typeof(Program).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseStaticWebAssets();
        // Else a build from source, unlike a published one, has a fallback route for files that are new since the build. It takes
        // GET and HEAD on every path: any other request to an unknown address would be 405 instead of 404.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] ??= "false";
        if (isVerb)
            Verbs.KeepOutputClean(builder.Logging);
        builder.Services
            .AddData(builder.Configuration).AddSettings().AddAccounts()
            .AddProviders().AddAgents().AddConversations().AddLedger().AddFiles().AddMarkdown().AddRuns().AddAsk().AddTransfer().AddProfiles()
            .AddDialects().AddProblems().AddDiagnostics().AddPages();
        if (isVerb)
            Verbs.WaitForOthers(builder.Services);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseStreamCuts();
        app.UseSecurityHeaders();
        app.UseProblems();
        app.UseRouting();
        app.UseRequestLocalization();
        app.UseImportTurns();
        app.UseAccounts();
        app.UseAskGuests();
        app.MapAccounts();
        app.MapDialects();
        app.MapConversations();
        app.MapMessages();
        app.MapAgents();
        app.MapPrompts();
        app.MapPoints();
        app.MapFiles();
        app.MapTransfer();
        app.MapProfiles();
        app.MapHealth();
        app.MapPages();
        return app;
    }

    /// <summary>Brings the database up to what the application needs.</summary>
    internal static async Task PrepareAsync(WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        await app.Services.MigrateAsync(stopping);
        await app.Services.SeedRolesAsync(stopping);
        await app.Services.SeedDemoAsync(stopping);
    }
}
