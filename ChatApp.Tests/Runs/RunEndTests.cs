using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data.Sqlite;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>What those who wait for a run, or just look at it, are told when it ends or vanishes under their eyes.</summary>
public sealed class RunEndTests
{
    [Fact]
    public async Task Wait_ConversationDeletedInMidAnswer_Is404()
    {
        await using var runs = await RunHarness.StartAsync();
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("x").Wait(gate).Hang());
        var waiting = runs.SendAsync(new { input = "Hi", model = "p/m" });
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));

        await DeleteOnlyConversationAsync(runs);

        await AssertProblemAsync(await waiting, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Wait_ConversationDeletedRightAfterTheEnd_Is404()
    {
        var reader = new HookedReader();
        await using var runs = await RunHarness.StartAsync(reader.Install);
        runs.Provider.Script("m", s => s.Text("x").Finish());
        reader.AtEnd = () => DeleteOnlyConversationAsync(runs);

        await AssertProblemAsync(await runs.SendAsync(new { input = "Hi", model = "p/m" }), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Wait_RunIsLostToTheStorage_Is503()
    {
        var reader = new HookedReader { AtStart = () => throw new RunLostException(Guid.Empty, new IOException("disk full")) };
        await using var runs = await RunHarness.StartAsync(reader.Install);
        runs.Provider.Script("m", s => s.Text("x").Hang());

        using var answer = await runs.SendAsync(new { input = "Hi", model = "p/m" });

        Assert.NotNull(answer.Headers.RetryAfter);
        await AssertProblemAsync(answer, HttpStatusCode.ServiceUnavailable, "storage_unavailable");
    }

    [Fact]
    public async Task Stream_RunIsDeletedBeforeItIsRead_IsCutAndNotEnded()
    {
        var reader = new HookedReader();
        await using var runs = await RunHarness.StartAsync(reader.Install);
        runs.Provider.Script("m", s => s.Text("x").Finish());
        var run = await runs.RunAsync(new { input = "Hi", model = "p/m" });
        reader.AtStart = () => DeleteOnlyConversationAsync(runs);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => runs.EventsAsync(run.Text("id")));
    }

    [Fact]
    public async Task Find_RunEndsBetweenTheLooks_IsTheEndedRun()
    {
        var pause = new PauseAfterRead();
        await using var runs = await RunHarness.StartAsync(b => b.Services.ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(pause)));
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("whole").Wait(gate).Finish());
        var started = await runs.StartRunAsync("Hi");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        await using var changes = runs.App.Services.GetRequiredService<ConversationFeed>().WatchAsync(runs.User.Id, default).GetAsyncEnumerator();
        var left = changes.MoveNextAsync();
        pause.Then = async () =>
        {
            gate.Open();
            Assert.True(await left.AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        };

        var run = await runs.FindAsync(started.Text("run_id"));

        Assert.Null(pause.Then);
        Assert.Equal(("completed", "whole"), (run.Text("status"), run.Text("output")));
    }

    private static async Task DeleteOnlyConversationAsync(RunHarness runs)
    {
        var id = await runs.QueryAsync(db => db.Conversations.Select(c => c.Id).SingleAsync());
        Assert.True(await runs.App.Services.GetRequiredService<ConversationEdits>().DeleteAsync(runs.User, id, default));
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        using (response)
        {
            Assert.Equal(status, response.StatusCode);
            Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        }
    }

    /// <summary>Lets something happen once, when a run with its usage has been read.</summary>
    private sealed class PauseAfterRead : DbCommandInterceptor
    {
        public Func<Task>? Then { get; set; }

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (Then is { } then && command.CommandText.Contains("LEFT JOIN \"usage\"", StringComparison.Ordinal))
            {
                Then = null;
                await then();
            }
            return result;
        }
    }
}
