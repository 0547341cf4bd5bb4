using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data.Entities;
using ChatApp.Data.Sqlite;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>What a run's first transaction takes, and what is given back when its run is gone.</summary>
public sealed class FirstCommitTests
{
    [Fact]
    public async Task Send_UnderAKeyWhoseConversationWasDeleted_StartsAnew()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("answer").Finish());
        var body = new { input = "Hi", model = "p/m" };
        var first = await runs.RunAsync(body, "k");
        using (var deleted = await runs.Client.DeleteAsync($"/api/conversations/{first.Text("conversation_id")}"))
            Assert.True(deleted.IsSuccessStatusCode);

        var second = await runs.RunAsync(body, "k");

        Assert.NotEqual(first.Text("id"), second.Text("id"));
        Assert.Equal("answer", second.Text("output"));
        Assert.Equal(second.Text("id"), (await runs.RunAsync(body, "k")).Text("id"));
    }

    [Fact]
    public async Task Send_ManyAtOnceIntoOneConversation_OneStartsAndTheOthersAre409()
    {
        await using var runs = await RunHarness.StartAsync();
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("first").Finish(), s => s.Text("second").Wait(gate).Finish());
        string conversation = (await runs.RunAsync(new { input = "Hi", model = "p/m" })).Text("conversation_id");

        var sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            using var response = await runs.SendAsync(new { input = $"q{n}", model = "p/m", conversation_id = conversation, background = true }, $"k{n}");
            return (response.StatusCode, Body: await response.Content.ReadFromJsonAsync<JsonElement>());
        }));
        gate.Open();

        Assert.Single(sent, s => s.StatusCode == HttpStatusCode.Accepted);
        Assert.All(sent.Where(s => s.StatusCode != HttpStatusCode.Accepted), s =>
            Assert.Equal((HttpStatusCode.Conflict, "run_in_progress"), (s.StatusCode, s.Body.Text("code"))));
        Assert.Equal(2, await runs.QueryAsync(db => db.Messages.CountAsync(m => m.Role == MessageRole.User)));
    }

    [Fact]
    public async Task Trim_ManyExpiredRuns_DeletesThemInBatches()
    {
        var time = new ManualTime();
        var deletes = new Deletes();
        await using var runs = await RunHarness.StartAsync(b =>
        {
            b.Services.AddSingleton<TimeProvider>(time);
            b.Services.ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(deletes));
        });
        runs.Provider.Script("m", s => s.Text("kept").Finish());
        var template = await runs.RunAsync(new { input = "Hi", model = "p/m" });
        const int Expired = (2 * RunRetention.BatchSize) + 1;
        await runs.QueryAsync(async db =>
        {
            var run = await db.Runs.AsNoTracking().SingleAsync();
            for (int i = 1; i < Expired; i++)
            {
                var copy = new Run
                {
                    Id = Guid.CreateVersion7(time.GetUtcNow()), OwnerId = run.OwnerId, ConversationId = run.ConversationId, UserMessageId = run.UserMessageId,
                    MessageId = run.MessageId, Agent = run.Agent, Model = run.Model, Status = RunStatus.Completed, CreatedAt = run.CreatedAt, FinishedAt = run.FinishedAt,
                };
                db.Runs.Add(copy);
                db.RunEvents.Add(new RunEventChunk { RunId = copy.Id, FirstSeq = 1, LastSeq = 1, Data = [] });
            }
            return await db.SaveChangesAsync();
        });
        time.Advance(TimeSpan.FromDays(31));
        await runs.RunAsync(new { input = "Hi", model = "p/m" });

        await runs.App.Services.GetRequiredService<RunRetention>().TrimAsync(default);

        // The housekeeping, which sees the same clock, may have done a part of it.
        Assert.All(deletes.Rows, rows => Assert.InRange(rows, 0, RunRetention.BatchSize));
        Assert.Equal(Expired, deletes.Rows.Sum());
        Assert.Equal(1, await runs.QueryAsync(db => db.RunEvents.Select(e => e.RunId).Distinct().CountAsync()));
        Assert.Equal("kept", (await runs.FindAsync(template.Text("id"))).Text("output"));
    }

    /// <summary>How many rows each statement took from the events.</summary>
    private sealed class Deletes : DbCommandInterceptor
    {
        public ConcurrentQueue<int> Rows { get; } = [];

        public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.StartsWith("DELETE", StringComparison.Ordinal) && command.CommandText.Contains("run_events", StringComparison.Ordinal))
                Rows.Enqueue(result);
            return ValueTask.FromResult(result);
        }
    }
}
