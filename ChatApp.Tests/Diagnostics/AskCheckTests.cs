using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Diagnostics;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Diagnostics;

/// <summary>The doctor names what a session lacks, and what creates it.</summary>
public sealed class AskCheckTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Run_FreshServer_LacksOnlyASession()
    {
        Assert.Equal(DiagnosticStatus.Ok, (await FindAsync("answers")).Status);
        var sessions = await FindAsync("sessions");
        Assert.Equal(DiagnosticStatus.Warning, sessions.Status);
        Assert.Contains("sessions create --key 123", sessions.Fix, StringComparison.Ordinal);
        Assert.Contains("/admin/sessions", sessions.Fix, StringComparison.Ordinal);
        Assert.Contains($"agents add --slug {AskSetup.InsightAgent}", (await FindAsync("insights")).Fix, StringComparison.Ordinal);

        await _app.Services.GetRequiredService<AskSessions>().CreateAsync("123", new AskSettings("Why?"), await _app.CreateUserAsync("root@example.com", admin: true), default);
        Assert.Equal(DiagnosticStatus.Ok, (await FindAsync("sessions")).Status);
    }

    [Theory]
    [InlineData(true, false, "agents add --slug ask-conversation-response")]
    [InlineData(false, true, "models add")]
    [InlineData(false, false, "models add")]
    public async Task Run_NoAgentOrNoModel_NamesItsCommand(bool hasModel, bool hasAgent, string fix)
    {
        await ChangeAsync(async db =>
        {
            if (!hasModel)
                await db.Models.ExecuteDeleteAsync();
            if (!hasAgent)
                await db.Agents.ExecuteUpdateAsync(s => s.SetProperty(a => a.Enabled, false));
        });
        var entry = await FindAsync("answers");
        Assert.Equal(DiagnosticStatus.Error, entry.Status);
        Assert.Contains(fix, entry.Fix, StringComparison.Ordinal);
        Assert.Equal(!hasAgent, entry.Fix!.Contains("agents add", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NoKey_NamesModelAndVariable()
    {
        string variable = $"CHATAPP_TEST_{Guid.NewGuid():n}";
        await _app.Services.GetRequiredService<ProviderAdmin>().AddAsync(new NewProvider("acme", ProviderKind.Anthropic) { ApiKeyVariable = variable }, default);
        await _app.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("acme", "opus"), default);
        await _app.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent(AskSetup.ConversationAgent, new AgentSettings(Model: "acme/opus")), null, default);
        var entry = await FindAsync("answers");
        Assert.Equal(($"Missing API key for model acme/opus. Define environment variable {variable}.", DiagnosticStatus.Error), (entry.Message, entry.Status));
        Assert.Contains($"export {variable}=", entry.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SessionWhoseAgentIsGone_NamesBoth()
    {
        await _app.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent("helper", new AgentSettings()), null, default);
        await _app.Services.GetRequiredService<AskSessions>().CreateAsync(
            "123", new AskSettings("Why?") { Agent = "helper" }, await _app.CreateUserAsync("root@example.com", admin: true), default);
        await ChangeAsync(db => db.Agents.Where(a => a.Slug == "helper").ExecuteDeleteAsync());
        var entry = await FindAsync("sessions");
        Assert.Equal(DiagnosticStatus.Warning, entry.Status);
        Assert.Contains("agents add --slug helper", entry.Fix, StringComparison.Ordinal);
    }

    private async Task<DiagnosticEntry> FindAsync(string name) =>
        Assert.Single((await _app.Services.GetRequiredService<DiagnosticRunner>().RunAsync(default)).Checks, c => c.Category == "ask" && c.Name == name);

    private async Task ChangeAsync(Func<ChatDbContext, Task> change)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await change(db);
        _app.Services.GetRequiredService<AgentCatalog>().Invalidate();
        _app.Services.GetRequiredService<ModelCatalog>().Invalidate();
    }
}
