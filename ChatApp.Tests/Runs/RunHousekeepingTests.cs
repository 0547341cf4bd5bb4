using System.Data.Common;
using System.Net;
using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>What the clock of the run engine does about runs of other processes.</summary>
public sealed class RunHousekeepingTests
{
    // The reaper takes every other owner for dead, and comes at a third of the lease.
    private static readonly (string, string) NoReaper = ("Runs:Lease", "01:00:00");

    [Fact]
    public async Task Cancel_RunOfAnotherProcess_IsLeftToIt()
    {
        await using var runs = await RunHarness.StartAsync(NoReaper);
        var id = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);
        using var stranger = (await runs.App.CreateCallerAsync()).Client;

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync($"/api/runs/{id}/cancel", null)).StatusCode);
        Assert.Null(await RequestedAtAsync(runs, id));
        Assert.Equal(HttpStatusCode.Accepted, (await runs.Client.PostAsync($"/api/runs/{id}/cancel", null)).StatusCode);
        var first = await RequestedAtAsync(runs, id);
        Assert.NotNull(first);
        Assert.Equal(HttpStatusCode.Accepted, (await runs.Client.PostAsync($"/api/runs/{id}/cancel", null)).StatusCode);

        Assert.Equal(first, await RequestedAtAsync(runs, id));
        Assert.Equal("running", (await runs.FindAsync($"{id}")).Text("status"));
    }

    [Fact]
    public async Task Cancel_RequestedThroughAnotherProcess_StopsTheRunHere()
    {
        await using var runs = await RunHarness.StartAsync(NoReaper);
        runs.Provider.Script("m", s => s.Text("partial").Hang());
        using var response = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await using var body = await response.Content.ReadAsStreamAsync();
        string text = await SseText.ReadToAsync(body, "\"text\":\"partial\"");

        await runs.QueryAsync(db => db.Database.ExecuteSqlRawAsync("UPDATE runs SET cancel_requested_at = created_at"));

        text = await SseText.ReadToAsync(body, null, text);
        Assert.Contains("event: done\ndata: {\"status\":\"cancelled\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DatabaseTakesNothing_ServesWhatIsStoredAndReapsWhenItCan()
    {
        var full = new FullForReaper();
        await using var runs = await RunHarness.StartAsync(NoReaper);
        var id = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);

        var next = await runs.App.RestartAsync(b => b.Services.ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(full)));
        using var client = next.CreateClient(runs.Client.DefaultRequestHeaders.Authorization!.Parameter);
        Assert.Contains("\"status\":\"running\"", await client.GetStringAsync($"/api/runs/{id}"), StringComparison.Ordinal);
        Assert.True(full.Refused > 0);
        full.IsOn = false;

        string events = await client.GetStringAsync($"/api/runs/{id}/events").WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("event: done\ndata: {\"status\":\"interrupted\"", events, StringComparison.Ordinal);
        await next.StopAsync();
    }

    private static Task<DateTime?> RequestedAtAsync(RunHarness runs, Guid id) =>
        runs.QueryAsync(db => db.Runs.Where(r => r.Id == id).Select(r => r.CancelRequestedAt).SingleAsync());

    /// <summary>SQLITE_FULL for every change of a run.</summary>
    private sealed class FullForReaper : DbCommandInterceptor
    {
        private int _refused;

        public volatile bool IsOn = true;

        public int Refused => Volatile.Read(ref _refused);

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (!IsOn || !command.CommandText.Contains("UPDATE \"runs\"", StringComparison.Ordinal))
                return ValueTask.FromResult(result);
            Interlocked.Increment(ref _refused);
            throw new SqliteException("database or disk is full", 13);
        }
    }
}
