using ChatApp.Data;
using ChatApp.Diagnostics;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Diagnostics;

/// <summary>The doctor says why Relay, opened to everybody, answers nobody.</summary>
public sealed class RelayCheckTests
{
    [Fact]
    public async Task Run_OpenRoute_NeedsItsAccount()
    {
        await using var app = await TestApp.StartAsync(settings: [("Relay:Open", "true"), ("Relay:Account", "Relay@example.com")]);
        var missing = await FindAsync(app);
        Assert.Equal(DiagnosticStatus.Error, missing.Status);
        Assert.Contains("users create --email Relay@example.com", missing.Fix, StringComparison.Ordinal);

        await app.CreateUserAsync("relay@example.com");
        Assert.Equal(DiagnosticStatus.Ok, (await FindAsync(app)).Status);

        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.DisabledAt, DateTime.UnixEpoch));
        Assert.Contains("users enable --email Relay@example.com", (await FindAsync(app)).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RouteThatIsNotOpen_NeedsNone()
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal(DiagnosticStatus.Ok, (await FindAsync(app)).Status);
    }

    private static async Task<DiagnosticEntry> FindAsync(TestApp app) =>
        Assert.Single((await app.Services.GetRequiredService<DiagnosticRunner>().RunAsync(default)).Checks, c => c.Category == "relay");
}
