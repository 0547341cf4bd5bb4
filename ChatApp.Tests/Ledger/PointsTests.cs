using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data.Entities;
using ChatApp.Ledger;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Ledger;

public sealed class PointsTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private SkippingTime _time = null!;

    public async Task InitializeAsync()
    {
        _time = new SkippingTime();
        _app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time));
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    private PointsLedger Ledger => _app.Services.GetRequiredService<PointsLedger>();

    [Fact]
    public async Task Points_ReceivedAndUsed_AddUpAndPage()
    {
        var (user, client) = await _app.CreateCallerAsync();
        var (stranger, _) = await _app.CreateCallerAsync();
        await GrantAsync(user.Id, 100, PointsKind.Earned, "Welcome");
        await GrantAsync(user.Id, 50, PointsKind.Purchased, null);
        await GrantAsync(stranger.Id, 7, PointsKind.Earned, "not mine");
        await UseAsync(user.Id, 30);
        await UseAsync(user.Id, null);

        var page = await client.GetFromJsonAsync<JsonElement>("/api/points?limit=2");
        Assert.Equal(120, page.GetProperty("balance").GetInt64());
        Assert.Equal(["used -30", "purchased 50"], Lines(page));
        var rest = await client.GetFromJsonAsync<JsonElement>($"/api/points?limit=2&before={page.GetProperty("next_before").GetString()}");
        Assert.Equal(["earned 100"], Lines(rest));
        Assert.Equal("Welcome", rest.GetProperty("data")[0].GetProperty("note").GetString());
        Assert.False(rest.TryGetProperty("next_before", out _));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("before=yesterday", "before")]
    public async Task Points_BadQuery_NamesIt(string query, string field)
    {
        var (_, client) = await _app.CreateCallerAsync();
        using var answer = await client.GetAsync($"/api/points?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
    }

    [Fact]
    public async Task Page_SignedIn_ShowsBalanceAndOwnLedger()
    {
        await _app.CreateUserAsync("root@example.com", admin: true);
        var id = await _app.CreateUserAsync("ann@example.com");
        await GrantAsync(id, 1234, PointsKind.Purchased, "<b>thanks</b>");
        await UseAsync(id, 5);
        using var ann = await _app.SignInAsync("ann@example.com");

        string html = await ann.GetStringAsync("/account/points");

        Assert.Contains("You have 1,229 points.", html, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;thanks&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("-5", html, StringComparison.Ordinal);
        Assert.DoesNotContain("1,234", await ann.GetStringAsync("/account/points?before=2000-01-01T00:00:00Z"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/account/points?before=nonsense")).StatusCode);
        using var nobody = _app.CreateClient();
        Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync("/account/points")).StatusCode);
    }

    [Fact]
    public async Task Grant_OnTheCommandLine_IsInTheLedger()
    {
        using var data = new TestDirectory();
        Assert.Equal(0, (await Cli.RunAsync(data.Path, "users", "create", "--email", "ann@example.com", "--password", TestApp.Password)).ExitCode);

        var granted = await Cli.RunAsync(data.Path, "points", "grant", "--user", "ann@example.com", "--points", "250", "--purchased", "--note", "Order 7");
        var none = await Cli.RunAsync(data.Path, "points", "grant", "--user", "ann@example.com", "--points", "0");
        var nobody = await Cli.RunAsync(data.Path, "points", "grant", "--user", "nobody@example.com", "--points", "1");

        Assert.Equal((0, "ann@example.com has 250 points now.\n"), (granted.ExitCode, granted.Output.ReplaceLineEndings("\n")));
        Assert.Equal((1, 1), (none.ExitCode, nobody.ExitCode));
        Assert.Contains("There is no account nobody@example.com.", nobody.Error, StringComparison.Ordinal);
    }

    private static string[] Lines(JsonElement page) =>
        [.. page.GetProperty("data").EnumerateArray().Select(l => $"{l.GetProperty("kind").GetString()} {l.GetProperty("points").GetInt32()}")];

    private async Task GrantAsync(Guid owner, int points, PointsKind kind, string? note)
    {
        _time.Skip(TimeSpan.FromSeconds(1));
        await Ledger.GrantAsync(owner, points, kind, note, default);
    }

    private async Task UseAsync(Guid owner, int? points)
    {
        _time.Skip(TimeSpan.FromSeconds(1));
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatApp.Data.ChatDbContext>>().CreateDbContextAsync();
        db.Usage.Add(new UsageEntry { RunId = Guid.NewGuid(), OwnerId = owner, Agent = "a", Model = "p/m", Points = points, CreatedAt = _time.GetUtcNow().UtcDateTime });
        await db.SaveChangesAsync();
    }
}
