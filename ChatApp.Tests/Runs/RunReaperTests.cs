using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>What a start makes of what the last process left.</summary>
public sealed class RunReaperTests
{
    // Else the reaper of the first process would end it already.
    private static readonly (string, string) NoReaper = ("Runs:Lease", "01:00:00");

    [Fact]
    public async Task Start_OneRunCannotBeRead_EndsItWithWhatIsReadableAndTheOthers()
    {
        await using var runs = await RunHarness.StartAsync(NoReaper);
        var broken = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);
        var other = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);
        await AddEventsAsync(
            runs, broken, new(1, RunEventKind.BlockStarted, 0, """{"kind":"text"}"""), new(2, RunEventKind.BlockDelta, 0, "readable"),
            // Of a block that nobody has begun.
            new(3, RunEventKind.BlockDelta, 7, "from a later version"));

        var next = await runs.App.RestartAsync();

        await using var db = await next.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal([RunStatus.Interrupted, RunStatus.Interrupted], await db.Runs.Where(r => r.Id == broken || r.Id == other).Select(r => r.Status).ToListAsync());
        Assert.Equal("readable", await db.Messages.Where(m => m.RunId == broken).Select(m => m.Content).SingleAsync());
        await next.StopAsync();
    }

    [Fact]
    public async Task Start_OneRunCannotBeEnded_StartsAndEndsTheOthers()
    {
        await using var runs = await RunHarness.StartAsync(NoReaper);
        var broken = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);
        var other = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);
        // What would be stored with its end is there already.
        await runs.QueryAsync(async db =>
        {
            db.Usage.Add(new UsageEntry { RunId = broken, OwnerId = runs.User.Id, Agent = "demo", Model = "p/m", CreatedAt = new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
            return await db.SaveChangesAsync();
        });

        var next = await runs.App.RestartAsync();

        await using var db = await next.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(RunStatus.Running, await db.Runs.Where(r => r.Id == broken).Select(r => r.Status).SingleAsync());
        Assert.Equal(RunStatus.Interrupted, await db.Runs.Where(r => r.Id == other).Select(r => r.Status).SingleAsync());
        await next.StopAsync();
    }

    [Fact]
    public async Task Start_AfterAKill_TheRunHasAnEstimateOfItsUsage()
    {
        await using var runs = await RunHarness.StartAsync(NoReaper);
        await runs.App.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("p", "m"), default);
        await runs.QueryAsync(db => db.Models.ExecuteUpdateAsync(set => set.SetProperty(m => m.InputPrice, 2m).SetProperty(m => m.OutputPrice, 10m)));
        var answered = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);
        var silent = await OtherProcess.AddRunAsync(runs.App.Services, runs.User.Id);
        await runs.QueryAsync(db => db.Messages.Where(m => m.Role == MessageRole.User).ExecuteUpdateAsync(set => set.SetProperty(m => m.Content, new string('q', 400))));
        await AddEventsAsync(runs, answered, new(1, RunEventKind.BlockStarted, 0, """{"kind":"text"}"""), new(2, RunEventKind.BlockDelta, 0, new string('a', 4000)));

        var next = await runs.App.RestartAsync();

        await using var db = await next.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        var usage = await db.Usage.SingleAsync(u => u.RunId == answered);
        Assert.Equal((100, 1000, true, 0.0102m, null), (usage.InputTokens, usage.OutputTokens, usage.Estimated, usage.Cost, usage.Points));
        Assert.Equal((runs.User.Id, "demo", "p/m"), (usage.OwnerId, usage.Agent, usage.Model));
        var none = await db.Usage.SingleAsync(u => u.RunId == silent);
        Assert.Equal((0, 0, true, null), (none.InputTokens, none.OutputTokens, none.Estimated, none.Cost));
        await next.StopAsync();
    }

    [Fact]
    public async Task Start_CallsThatWereOpen_HaveFailed()
    {
        await using var runs = await RunHarness.StartAsync(NoReaper);
        var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await runs.QueryAsync(async db =>
        {
            foreach (var status in Enum.GetValues<AgentCallStatus>())
            {
                db.AgentCalls.Add(new AgentCall
                {
                    Id = Guid.CreateVersion7(), Agent = "a", Purpose = $"{status}", Status = status, CreatedAt = at,
                    FinishedAt = status is AgentCallStatus.Completed or AgentCallStatus.Failed ? at : null,
                });
            }
            return await db.SaveChangesAsync();
        });

        var next = await runs.App.RestartAsync();

        await using var now = await next.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        var calls = await now.AgentCalls.ToDictionaryAsync(c => c.Purpose);
        Assert.All([calls["Pending"], calls["Processing"]], c => Assert.Equal((AgentCallStatus.Failed, "The server stopped while this call was made.", true), (c.Status, c.Error, c.FinishedAt > at)));
        Assert.Equal((AgentCallStatus.Completed, null, at), (calls["Completed"].Status, calls["Completed"].Error, calls["Completed"].FinishedAt));
        Assert.Equal(at, calls["Failed"].FinishedAt);
        await next.StopAsync();
    }

    private static Task<int> AddEventsAsync(RunHarness runs, Guid run, params RunEvent[] events) => runs.QueryAsync(db =>
    {
        foreach (var e in events)
            db.RunEvents.Add(new RunEventChunk { RunId = run, FirstSeq = e.Seq, LastSeq = e.Seq, Data = RunEventCodec.Write(e) });
        return db.SaveChangesAsync();
    });
}
