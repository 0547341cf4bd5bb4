using System.Data.Common;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>A database that takes nothing for a while: clear errors, nothing half-written, and all is well afterwards.</summary>
public sealed class StorageFaultTests : IDisposable
{
    // Longer than what may be free in the file's last pages.
    private static readonly string Long = new('x', 100_000);
    private readonly StorageBreaker _storage = new();
    private readonly TaskCompletionSource _endless = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TheoryData<StorageFaultKind> Kinds => new(Enum.GetValues<StorageFaultKind>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Start_DatabaseTakesNothing_Is503AndLeavesNothingAndWorksLater(StorageFaultKind kind)
    {
        await using var runs = await RunHarness.StartAsync(_storage.Install);
        runs.Provider.Script("m", s => s.Text("answer").Finish());
        var body = new { input = Long, model = "p/m" };
        await _storage.BreakAsync(runs, kind);

        long sent = Stopwatch.GetTimestamp();
        using (var refused = await runs.SendAsync(body, "k"))
        {
            // With the settings of the product: 2 s, or twice that behind an attempt of another run. SQLite by itself would wait for 30.
            Assert.InRange(Stopwatch.GetElapsedTime(sent).TotalSeconds, 0, 20);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("2", refused.Headers.GetValues("Retry-After").Single());
            Assert.Equal("storage_unavailable", (await refused.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        }
        Assert.Empty(runs.Provider.Requests);
        Assert.Equal((0, 0, 0, 0), await runs.QueryAsync(async db =>
            (await db.Conversations.CountAsync(), await db.Messages.CountAsync(), await db.Runs.CountAsync(), await db.IdempotencyKeys.CountAsync())));

        _storage.Repair();
        var run = await runs.RunAsync(body, "k");
        Assert.Equal("completed", run.Text("status"));
        Assert.Equal("answer", run.Text("output"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Stream_DatabaseTakesNothingForAMoment_GoesOnWithoutLoss(StorageFaultKind kind)
    {
        await using var runs = await RunHarness.StartAsync(_storage.Install);
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("seen ").Wait(gate).Text(Long).Finish());
        using var stream = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        string head = await ReadToAsync(reader, "seen ");
        string id = stream.Headers.GetValues("X-Run-Id").Single();

        await _storage.BreakAsync(runs, kind);
        gate.Open();
        await _storage.FailedAsync(2);
        // What is not durable is shown to nobody.
        var during = await runs.FindAsync(id);
        Assert.Equal(("running", "seen "), (during.Text("status"), during.Text("output")));
        _storage.Repair();

        string rest = await reader.ReadToEndAsync();
        Assert.Contains("\"status\":\"completed\"", rest);
        Assert.Equal("seen " + Long, (await runs.FindAsync(id)).Text("output"));
        Assert.Equal(await runs.EventsAsync(id), head + rest);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Stream_DatabaseTakesNothingForTooLong_FailsAndSaysSoOnceItCan(StorageFaultKind kind)
    {
        await using var runs = await RunHarness.StartAsync(_storage.Install, ("Runs:StorageTimeout", "00:00:00.010"));
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("seen ").Wait(gate).TextFrom(EndlessAsync));
        using var stream = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        string head = await ReadToAsync(reader, "seen ");
        string id = stream.Headers.GetValues("X-Run-Id").Single();

        await _storage.BreakAsync(runs, kind);
        gate.Open();
        await _endless.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("running", (await runs.FindAsync(id)).Text("status"));
        _storage.Repair();

        string rest = await reader.ReadToEndAsync();
        Assert.Contains("event: done\ndata: {\"status\":\"failed\",\"finish_reason\":\"failed\",\"error\":{\"code\":\"storage_unavailable\"", rest);
        var run = await runs.FindAsync(id);
        Assert.Equal("failed", run.Text("status"));
        Assert.StartsWith("seen " + Long, run.Text("output"));
        Assert.Equal(await runs.EventsAsync(id), head + rest);
        runs.Provider.Script("m", s => s.Text("well again").Finish());
        Assert.Equal("well again", (await runs.RunAsync(new { input = Long, model = "p/m" })).Text("output"));
    }

    [Fact]
    public async Task Stop_DatabaseStillTakesNothing_EndsAndTheNextProcessKeepsWhatWasSeen()
    {
        await using var runs = await RunHarness.StartAsync(
            _storage.Install, ("Runs:StorageTimeout", "00:00:00.010"), ("Runs:DrainTimeout", "00:00:00"));
        var gate = new Gate();
        runs.Provider.Script("m", s => s.Text("seen ").Wait(gate).TextFrom(EndlessAsync));
        using var stream = await runs.SendAsync(new { input = "Hi", model = "p/m", stream = true });
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        string head = await ReadToAsync(reader, "seen ");
        string id = stream.Headers.GetValues("X-Run-Id").Single();
        await _storage.BreakAsync(runs, StorageFaultKind.Full);
        gate.Open();
        await _storage.FailedAsync(1);

        var next = await runs.App.RestartAsync().WaitAsync(TimeSpan.FromSeconds(30));
        // Cut, not ended: a client comes back for the rest.
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
        using var client = next.CreateClient(runs.Client.DefaultRequestHeaders.Authorization!.Parameter);
        string events = await client.GetStringAsync($"/api/runs/{id}/events");
        Assert.StartsWith(head, events);
        Assert.Contains("event: done\ndata: {\"status\":\"interrupted\"", events);
        Assert.Equal("seen ", (await client.GetFromJsonAsync<JsonElement>($"/api/runs/{id}")).Text("output"));
        await next.StopAsync();
    }

    [Fact]
    public async Task Rename_DatabaseTakesNothing_Is503AndWhatIsStoredCanBeRead()
    {
        var refusing = new RefusingConnections();
        await using var runs = await RunHarness.StartAsync(
            b => b.Services.ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(refusing)));
        runs.Provider.Script("m", s => s.Text("stored").Finish());
        string id = (await runs.RunAsync(new { input = "Hi", model = "p/m" })).Text("conversation_id");
        refusing.IsOn = true;

        using (var refused = await runs.Client.PatchAsJsonAsync($"/api/conversations/{id}", new { title = "New" }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("storage_unavailable", (await refused.Content.ReadFromJsonAsync<JsonElement>()).Text("code"));
        }
        Assert.Equal(["Hi", "stored"], await runs.ShownAsync(id));

        refusing.IsOn = false;
        using var renamed = await runs.Client.PatchAsJsonAsync($"/api/conversations/{id}", new { title = "New" });
        Assert.True(renamed.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Rename_DatabaseIsLocked_Is503AfterSomeSeconds()
    {
        await using var runs = await RunHarness.StartAsync(_storage.Install);
        runs.Provider.Script("m", s => s.Text("stored").Finish());
        string id = (await runs.RunAsync(new { input = "Hi", model = "p/m" })).Text("conversation_id");
        await _storage.BreakAsync(runs, StorageFaultKind.Locked);

        long sent = Stopwatch.GetTimestamp();
        using var refused = await runs.Client.PatchAsJsonAsync($"/api/conversations/{id}", new { title = "New" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.InRange(Stopwatch.GetElapsedTime(sent).TotalSeconds, 2, 24);
    }

    /// <summary>Makes EF's connections read-only: SQLITE_READONLY.</summary>
    private sealed class RefusingConnections : DbConnectionInterceptor
    {
        public bool IsOn { get; set; }

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Apply(connection);
            return Task.CompletedTask;
        }

        private void Apply(DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA query_only={(IsOn ? 1 : 0)}";
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Text until the server hangs up.</summary>
    private async IAsyncEnumerable<string> EndlessAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return Long;
                await Task.Yield();
            }
        }
        finally
        {
            _endless.TrySetResult();
        }
    }

    /// <returns>All up to the end of the event that holds the text.</returns>
    private static async Task<string> ReadToAsync(StreamReader reader, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var read = new System.Text.StringBuilder();
        for (bool found = false; await reader.ReadLineAsync(limit.Token) is { } line;)
        {
            read.Append(line).Append('\n');
            found |= line.Contains(text, StringComparison.Ordinal);
            if (found && line.Length == 0)
                return read.ToString();
        }
        throw new InvalidOperationException($"The stream ended without {text}.");
    }

    public void Dispose() => _storage.Dispose();
}
