using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Diagnostics;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Diagnostics;

public sealed class DiagnosticTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    private sealed class ThrowingCheck : IDiagnosticCheck
    {
        public string Category => "test";
        public string Name => "throws";

        public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("out of ink");
    }

    [Fact]
    public async Task Run_FreshServer_LacksOnlyAnAdmin()
    {
        var report = await RunAsync();
        Assert.False(report.Ok);
        var error = Assert.Single(report.Checks, c => c.Status == DiagnosticStatus.Error);
        Assert.Equal("admin", error.Name);
        Assert.Contains("users create", error.Fix, StringComparison.Ordinal);

        await _app.CreateUserAsync("root@example.com", admin: true);
        Assert.True((await RunAsync()).Ok);
    }

    [Fact]
    public async Task Run_NoDefaults_NamesEach()
    {
        await WithDatabaseAsync(async db =>
        {
            await db.Models.ExecuteUpdateAsync(s => s.SetProperty(m => m.IsDefault, false));
            await db.Agents.ExecuteUpdateAsync(s => s.SetProperty(a => a.IsDefault, false));
        });
        var report = await RunAsync();
        Assert.Contains("models add", Entry(report, "default model").Fix, StringComparison.Ordinal);
        Assert.Contains("agents add", Entry(report, "default agent").Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AnotherAgentLacksItsModelAndItsJudge_NamesBoth()
    {
        var agents = _app.Services.GetRequiredService<AgentAdmin>();
        await _app.Services.GetRequiredService<ProviderAdmin>().AddAsync(new NewProvider("acme", ProviderKind.OpenAI) { ApiKey = "key", AnyModel = true }, default);
        await agents.AddAsync(new NewAgent("judge", new AgentSettings()), null, default);
        await agents.AddAsync(new NewAgent("ann", new AgentSettings(Model: "acme/m") { ModerationAgent = "judge" }), null, default);
        Assert.Equal(DiagnosticStatus.Ok, Entry(await RunAsync(), "agents").Status);

        await WithDatabaseAsync(db => db.Providers.Where(p => p.Slug == "acme").ExecuteUpdateAsync(s => s.SetProperty(p => p.Enabled, false)));
        await WithDatabaseAsync(db => db.Agents.Where(a => a.Slug == "judge").ExecuteUpdateAsync(s => s.SetProperty(a => a.Enabled, false)));

        var entry = Entry(await RunAsync(), "agents");
        Assert.Equal(DiagnosticStatus.Warning, entry.Status);
        Assert.Contains("no model acme/m", entry.Message, StringComparison.Ordinal);
        Assert.Contains("no agent judge", entry.Message, StringComparison.Ordinal);
        Assert.Contains("agents set --slug ann --model", entry.Fix, StringComparison.Ordinal);
        Assert.Contains("agents enable --slug judge", entry.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AgentsModelGone_IsAnError()
    {
        await WithDatabaseAsync(db => db.Models.ExecuteDeleteAsync());
        var entry = Entry(await RunAsync(), "default agent");
        Assert.Equal(DiagnosticStatus.Error, entry.Status);
        Assert.Contains("demo/docs", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ProviderWithoutItsVariable_SaysWhichToSet()
    {
        string variable = $"CHATAPP_TEST_{Guid.NewGuid():n}";
        await WithDatabaseAsync(async db =>
        {
            db.Providers.Add(new Provider { Id = Guid.NewGuid(), Slug = "acme", Name = "Acme", Kind = ProviderKind.Anthropic, ApiKeyVariable = variable });
            await db.SaveChangesAsync();
        });
        var entry = Entry(await RunAsync(), "provider keys");
        Assert.Equal(DiagnosticStatus.Warning, entry.Status);
        Assert.Contains($"export {variable}=", entry.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CHATAPP_TEST_UNSET_KEY", "export CHATAPP_TEST_UNSET_KEY=")]
    [InlineData(null, "providers set-key --slug acme --api-key")]
    public async Task Run_DefaultModelsProviderWithoutKey_RepairsThatVeryProvider(string? variable, string fix)
    {
        await WithDatabaseAsync(async db =>
        {
            await db.Models.ExecuteUpdateAsync(s => s.SetProperty(m => m.IsDefault, false));
            await db.AgentRevisions.ExecuteUpdateAsync(s => s.SetProperty(r => r.Model, (string?)null));
            var provider = new Provider { Id = Guid.NewGuid(), Slug = "acme", Name = "Acme", Kind = ProviderKind.Anthropic, ApiKeyVariable = variable };
            provider.Models.Add(new Model { Id = Guid.NewGuid(), Name = "m", IsDefault = true });
            db.Providers.Add(provider);
            await db.SaveChangesAsync();
        });

        var report = await RunAsync();

        foreach (string check in new[] { "default model", "default agent", "provider keys" })
        {
            var entry = Entry(report, check);
            Assert.NotEqual(DiagnosticStatus.Ok, entry.Status);
            Assert.Contains(fix, entry.Fix, StringComparison.Ordinal);
            Assert.Contains("Acme", entry.Message, StringComparison.Ordinal);
            Assert.Equal(variable != null, entry.Message.Contains("environment of its own shell", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Run_AgentsProviderWithoutKey_RepairsThatVeryProvider()
    {
        await WithDatabaseAsync(async db =>
        {
            var provider = new Provider { Id = Guid.NewGuid(), Slug = "acme", Name = "Acme", Kind = ProviderKind.Anthropic, AnyModel = true };
            db.Providers.Add(provider);
            await db.SaveChangesAsync();
            await db.AgentRevisions.ExecuteUpdateAsync(s => s.SetProperty(r => r.Model, "acme/m"));
        });

        var report = await RunAsync();

        Assert.Equal(DiagnosticStatus.Ok, Entry(report, "default model").Status);
        Assert.Contains("providers set-key --slug acme", Entry(report, "default agent").Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PendingMigration_IsAnErrorAndEndsTheDatabasesChecks()
    {
        await WithDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("""DELETE FROM "__EFMigrationsHistory" """));
        var report = await RunAsync();
        Assert.Equal(DiagnosticStatus.Error, Entry(report, "migrations").Status);
        Assert.DoesNotContain(report.Checks, c => c.Name == "admin");
        Assert.Contains(report.Checks, c => c.Name == "disk space");
    }

    [Fact]
    public async Task Run_OthersMayReadTheData_Warns()
    {
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(DiagnosticStatus.Ok, Entry(await RunAsync(), "permissions").Status);
        File.SetUnixFileMode(_app.DataDirectory, File.GetUnixFileMode(_app.DataDirectory) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var entry = Entry(await RunAsync(), "permissions");
        Assert.Equal(DiagnosticStatus.Warning, entry.Status);
        Assert.Equal($"chmod 700 '{_app.DataDirectory}'", entry.Fix);
    }

    [Fact]
    public async Task Run_CheckThatThrows_IsAFailedCheck()
    {
        var report = await new DiagnosticRunner([new ThrowingCheck()]).RunAsync(default);
        Assert.False(report.Ok);
        Assert.Contains("out of ink", Assert.Single(report.Checks).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_DatabaseAnswersThenNot_Is200Then503()
    {
        using var client = _app.CreateClient();
        var answer = await client.GetAsync("health");
        Assert.Equal("""{"ok":true,"status":"healthy"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(200, (int)answer.StatusCode);

        await WithDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE roles RENAME TO roles_gone"));
        Assert.Equal(200, (int)(await client.GetAsync("health")).StatusCode);
        _time.Advance(TimeSpan.FromSeconds(1));
        answer = await client.GetAsync("health");
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.False(body.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(2, body.RootElement.EnumerateObject().Count());
    }

    private Task<DiagnosticReport> RunAsync()
    {
        // The catalogs may be two seconds behind.
        _time.Advance(TimeSpan.FromSeconds(5));
        return _app.Services.GetRequiredService<DiagnosticRunner>().RunAsync(default);
    }

    private static DiagnosticEntry Entry(DiagnosticReport report, string name) => Assert.Single(report.Checks, c => c.Name == name);

    private async Task WithDatabaseAsync(Func<ChatDbContext, Task> change)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await change(db);
    }
}
