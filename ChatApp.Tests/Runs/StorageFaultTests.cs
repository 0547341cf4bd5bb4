using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>A database that is full for a while: SQLite itself refuses to grow the file.</summary>
public sealed class StorageFaultTests : IAsyncLifetime
{
    private const string Full = "PRAGMA max_page_count = 1";
    private const string NotFull = "PRAGMA max_page_count = 1000000000";
    private static readonly string Large = new('x', 150_000);
    private FaultyLogDatabase _log = null!;
    private RunHarness _runs = null!;

    public async Task InitializeAsync() => _runs = await RunHarness.StartAsync(builder => builder.Services.AddSingleton<IRunLogDatabase>(
        services => _log = new FaultyLogDatabase(ActivatorUtilities.CreateInstance<SqliteRunLogDatabase>(services))));

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Fact]
    public async Task Start_DatabaseFull_IsRefusedLeavesNothingAndWorksAgainLater()
    {
        _runs.Provider.Script("m", s => s.Text("x").Finish());
        _log.Do(Full);

        using var refused = await _runs.SendAsync(new { input = Large, model = "p/m" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("2", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("storage_unavailable", (await refused.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        Assert.Equal((0, 0, 0), await CountAsync());
        Assert.Empty(_runs.Provider.Requests);
        _log.Do(NotFull);
        Assert.Equal("completed", (await _runs.RunAsync(new { input = Large, model = "p/m" })).Text("status"));
        Assert.Equal((1, 2, 1), await CountAsync());
    }

    [Fact]
    public async Task Answer_DatabaseFullForAWhile_IsHeldBackAndComesWhole()
    {
        var gate = new Gate();
        _runs.Provider.Script("m", s => s.Text("seen ").Wait(gate).Text(Large).Finish());
        using var stream = await _runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await gate.Reached;
        _log.Do(Full);
        gate.Open();
        await _log.Failed.WaitAsync(TimeSpan.FromSeconds(20));
        _log.Do(NotFull);

        string body = await stream.Content.ReadAsStringAsync();

        Assert.Contains("\"status\":\"completed\"", body);
        var run = await _runs.FindAsync(stream.Headers.GetValues("X-Run-Id").Single());
        Assert.Equal("seen " + Large, run.Text("output"));
    }

    [Fact]
    public async Task Answer_DatabaseFullForTooLong_IsCutNotEndedAndTheServerLivesOn()
    {
        await _runs.DisposeAsync();
        _runs = await RunHarness.StartAsync(
            builder => builder.Services.AddSingleton<IRunLogDatabase>(
                services => _log = new FaultyLogDatabase(ActivatorUtilities.CreateInstance<SqliteRunLogDatabase>(services))),
            ("Runs:StorageTimeout", "00:00:00.050"));
        var gate = new Gate();
        _runs.Provider.Script("m", s => s.Text("seen ").Wait(gate).Text(Large).Finish());
        using var stream = await _runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await gate.Reached;
        _log.Do(Full);
        gate.Open();

        // Cut rather than ended: what the end is nobody can say yet.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => stream.Content.ReadAsStringAsync());
        _log.Do(NotFull);
        _runs.Provider.Script("m", s => s.Text("fine").Finish());
        Assert.Equal("completed", (await _runs.RunAsync(new { input = "Hi", model = "p/m" })).Text("status"));
    }

    private Task<(int Runs, int Messages, int Conversations)> CountAsync() => _runs.QueryAsync(async db =>
        (await db.Runs.CountAsync(), await db.Messages.CountAsync(), await db.Conversations.CountAsync()));
}
