using ChatApp.Agents;
using ChatApp.CommandLine;
using ChatApp.Components;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Dialects;
using ChatApp.Diagnostics;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Settings;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseStaticWebAssets();

builder.Services
    .AddData(builder.Configuration)
    .AddSettings()
    .AddAccounts()
    .AddProviders()
    .AddAgents()
    .AddConversations()
    .AddRuns()
    .AddDialects()
    .AddDiagnostics()
    .AddPages();

var app = builder.Build();
await app.Services.MigrateAsync(app.Lifetime.ApplicationStopping);
if (Verbs.IsVerb(args))
    return await Verbs.RunAsync(app, args);

app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapDialects();
app.MapConversations();
app.MapAgents();
app.MapPages();
await app.RunAsync();
return 0;
