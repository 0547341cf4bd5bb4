using System.Net;
using System.Net.Http.Json;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>A run that can't be stored, for a reason of its own, ends as failed with the text that was stored; it does not stay as if it were being written.</summary>
public sealed class RunGivenUpTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_TextCannotBeStored_IsCutOffAndTheRunFails(bool withItsEnd)
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var run = process.Begin();
        await run.Started.WaitAsync(Deadline);
        var recorder = new RunRecorder(run);
        await recorder.AddAsync(BlockStartedData.Text, "kept");
        await using var reading = process.Reader.ReadAsync(run.Id, 0).GetAsyncEnumerator();
        var events = new List<RunEvent>();
        while (events.All(e => e.Kind != RunEventKind.BlockDelta) && await reading.MoveNextAsync().AsTask().WaitAsync(Deadline))
            events.Add(reading.Current);

        // In a batch and then alone.
        process.Log.Poison(run.Id, attempts: 2);
        if (!withItsEnd)
        {
            await Assert.ThrowsAsync<RunLostException>(async () =>
            {
                for (int i = 0; i < 100_000; i++)
                {
                    await recorder.AddAsync(BlockStartedData.Text, "lost");
                    await Task.Yield();
                }
            });
        }
        LogProcess.Finish(run);
        await run.Ended.WaitAsync(Deadline);

        while (await reading.MoveNextAsync().AsTask().WaitAsync(Deadline))
            events.Add(reading.Current);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
        Assert.Equal((RunEventKind.RunFinished, "failed"), (events[^1].Kind, events[^1].ReadRunFinished().Status));
        Assert.Equal(events, await ReadAsync(process, run.Id));
        await AssertFailedAsync(directory, run.Id);
    }

    [Fact]
    public async Task Reap_NothingMoreCanBeStored_FailsWithWhatReadersHad()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        LiveRun run = process.Begin(), other = process.Begin();
        await Task.WhenAll(run.Started, other.Started).WaitAsync(Deadline);
        var recorder = new RunRecorder(run);
        await recorder.AddAsync(BlockStartedData.Text, "kept");
        await using var reading = process.Reader.ReadAsync(run.Id, 0).GetAsyncEnumerator();
        var seen = new List<RunEvent>();
        while (seen.All(e => e.Kind != RunEventKind.BlockDelta) && await reading.MoveNextAsync().AsTask().WaitAsync(Deadline))
            seen.Add(reading.Current);
        process.Log.Poison(run.Id);
        recorder.Finish();
        LogProcess.Finish(run);
        await Assert.ThrowsAnyAsync<Exception>(() => run.Ended.WaitAsync(Deadline));
        // The writer tells those who wait first.
        Assert.True(SpinWait.SpinUntil(() => !process.Registry.TryGet(run.Id, out _), Deadline));

        await process.ReapAsync();
        await process.ReapAsync();

        var events = await ReadAsync(process, run.Id);
        Assert.Equal(seen, events[..^1]);
        Assert.Equal((seen.Count + 1L, RunEventKind.RunFinished, "failed"), (events[^1].Seq, events[^1].Kind, events[^1].ReadRunFinished().Status));
        await AssertFailedAsync(directory, run.Id);
        // The one that is being written is left alone.
        Assert.Equal(RunStatus.Running, await directory.QueryAsync(db => db.Runs.Where(r => r.Id == other.Id).Select(r => r.Status).SingleAsync()));
    }

    [Fact]
    public async Task Run_NothingMoreCanBeStored_IsFailedAndItsConversationGoesOn()
    {
        using var storage = new StorageBreaker();
        await using var runs = await RunHarness.StartAsync(storage.Install, ("Runs:Lease", "00:00:03"));
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("kept").Wait(gate).Text("lost").Finish());
        using var response = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        await using var body = await response.Content.ReadAsStreamAsync();
        await SseText.ReadToAsync(body, "\"text\":\"kept\"");
        var id = Guid.Parse(response.Headers.GetValues("X-Run-Id").Single());
        var conversation = await runs.QueryAsync(db => db.Runs.Where(r => r.Id == id).Select(r => r.ConversationId).SingleAsync());

        storage.Poison(id);
        gate.Open();

        string events = await EventsAsync(runs, id).WaitAsync(Deadline);
        Assert.Contains("event: done\ndata: {\"status\":\"failed\",\"finish_reason\":\"failed\",\"error\":{\"code\":\"storage_unavailable\"", events, StringComparison.Ordinal);
        var run = await runs.FindAsync($"{id}");
        Assert.Equal(("failed", "kept"), (run.Text("status"), run.Text("output")));
        runs.Provider.Script("m", s => s.Text("well again").Finish());
        Assert.Equal("well again", (await runs.RunAsync(new { input = "And now?", model = "p/m", conversation_id = conversation })).Text("output"));
    }

    /// <summary>Who reads while the run is given up is cut off, and comes back.</summary>
    private static async Task<string> EventsAsync(RunHarness runs, Guid id)
    {
        while (true)
        {
            try
            {
                return await runs.EventsAsync($"{id}");
            }
            catch (HttpRequestException e) when (e.InnerException is IOException)
            {
                // Cut off.
            }
        }
    }

    private static async Task<List<RunEvent>> ReadAsync(LogProcess process, Guid run)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var events = new List<RunEvent>();
        await foreach (var e in process.Reader.ReadAsync(run, 0, cancellationToken: deadline.Token))
            events.Add(e);
        return events;
    }

    private static async Task AssertFailedAsync(LogDirectory directory, Guid id)
    {
        var run = await directory.QueryAsync(db => db.Runs.SingleAsync(r => r.Id == id));
        Assert.Equal((RunStatus.Failed, "storage_unavailable", null), (run.Status, run.ErrorCode, run.LeaseOwner));
        var message = await directory.QueryAsync(db => db.Messages.SingleAsync(m => m.Id == run.MessageId));
        Assert.Equal((MessageStatus.Failed, "kept"), (message.Status, message.Content));
        Assert.Equal(1, await directory.QueryAsync(db => db.Usage.CountAsync(u => u.RunId == id)));
    }
}
