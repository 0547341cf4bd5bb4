using ChatApp.Agents;
using ChatApp.CommandLine;
using ChatApp.Components;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Dialects;
using ChatApp.Diagnostics;
using ChatApp.Dialects.Problems;
using ChatApp.Identity;
using ChatApp.Markdown;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Settings;

var app = Build(args);
await PrepareAsync(app);
if (Verbs.IsVerb(args))
    return await Verbs.RunAsync(app, args);

await app.RunAsync();
return 0;

internal sealed partial class Program
{
    /// <summary>The whole application, not yet started. The tests start it on a port of their own.</summary>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = Verbs.IsVerb(args) ? [] : args,
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseStaticWebAssets();
        if (Verbs.IsVerb(args))
            builder.Logging.KeepOffStandardOutput();
        builder.Services
            .AddData(builder.Configuration)
            .AddSettings()
            .AddAccounts()
            .AddProviders()
            .AddAgents()
            .AddConversations()
            .AddMarkdown()
            .AddRuns()
            .AddDialects()
            .AddProblems()
            .AddDiagnostics()
            .AddPages();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseProblems();
        app.UseRouting();
        app.UseAccounts();
        app.MapAccounts();
        app.MapDialects();
        app.MapConversations();
        app.MapAgents();
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
