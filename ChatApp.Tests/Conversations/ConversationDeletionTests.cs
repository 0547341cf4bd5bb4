using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Data.Sqlite;
using ChatApp.Files;
using ChatApp.Profiles;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Conversations;

/// <summary>A large conversation is hidden at once and deleted in steps, between which everybody's answers go on.</summary>
public sealed class ConversationDeletionTests : IAsyncLifetime
{
    private readonly DeletedRows _deletions = new();
    private RunHarness _runs = null!;

    public async Task InitializeAsync() => _runs = await RunHarness.StartAsync(b => b.Services.ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(_deletions)));

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Theory]
    [InlineData(450, 50, 100)]
    [InlineData(12, 60_000, 1)]
    public async Task Delete_LargeConversationWhileARunStreams_GoesInStepsAndTheRunEndsWhole(int messages, int chars, int largestStep)
    {
        var large = await AddAsync(messages, chars);
        var gate = new Gate();
        _runs.Provider.Script("m", s => s.Text("one ").Wait(gate).Text("two").Finish());
        var run = (await _runs.StartRunAsync("Hi")).Text("run_id");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        var seen = new ConcurrentQueue<(int Messages, int Visible, int Written)>();
        _deletions.After = () =>
        {
            using var db = Open();
            // A transaction that held the lock would let this time out.
            int written = db.Database.ExecuteSqlRaw("UPDATE users SET access_failed_count = 0");
            int left = db.Messages.Count(m => m.ConversationId == large);
            seen.Enqueue((left, db.Conversations.Count(c => c.Id == large), written));
            if (left < messages)
                gate.Open();
        };

        using var answer = await _runs.Client.DeleteAsync($"/api/conversations/{large}");
        _deletions.After = null;

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        AssertSteps([messages, .. seen.Select(s => s.Messages)], largestStep);
        Assert.Equal([100, 100, 50], _deletions.Of("run_events").Where(rows => rows > 0));
        Assert.All(seen, s => Assert.Equal((0, 1), (s.Visible, s.Written)));
        await _runs.EventsAsync(run);
        var ended = await _runs.FindAsync(run);
        Assert.Equal(("completed", "one two"), (ended.Text("status"), ended.Text("output")));
        Assert.Equal((0, 0), await _runs.QueryAsync(async db => (
            await db.Messages.CountAsync(m => m.ConversationId == large), await db.Conversations.IgnoreQueryFilters().CountAsync(c => c.Id == large))));
    }

    [Fact]
    public async Task Delete_Interrupted_CannotBeUndoneAndIsFinishedByThePurge()
    {
        var id = await AddAsync(450, 50);
        var file = await Get<FileStore>().AddAsync(_runs.User, "a.txt", "x"u8.ToArray(), default);
        await _runs.QueryAsync(async db =>
        {
            db.MessageAttachments.Add(new MessageAttachment { MessageId = await db.Messages.Where(m => m.ConversationId == id).OrderBy(m => m.Id).Select(m => m.Id).FirstAsync(), FileId = file.Id });
            return await db.SaveChangesAsync();
        });
        using var interruption = new CancellationTokenSource();
        _deletions.After = () =>
        {
            using var db = Open();
            if (db.Messages.Count() < 450)
                interruption.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Get<ConversationEdits>().DeleteAsync(_runs.User, id, interruption.Token));
        _deletions.After = null;
        Assert.InRange(await _runs.QueryAsync(db => db.Messages.CountAsync()), 1, 449);

        Assert.False(await Get<ConversationEdits>().RestoreAsync(_runs.User, id, default));
        Assert.Null(await Get<ConversationService>().FindAsync(_runs.User, id, default));
        await Get<ConversationPurge>().PurgeAsync(default);

        Assert.Equal((0, 0, 0), await _runs.QueryAsync(async db => (
            await db.Conversations.IgnoreQueryFilters().CountAsync(), await db.Messages.CountAsync(), await db.Files.CountAsync())));
    }

    [Fact]
    public async Task Delete_AnotherOfTheSameIdComesMeanwhile_LetsThatBe()
    {
        var id = await AddAsync(450, 50);
        _deletions.After = () =>
        {
            using var db = Open();
            if (db.Messages.Count() == 450)
                return;
            _deletions.After = null;
            // As an import does that finds it in its way.
            db.Conversations.IgnoreQueryFilters().Where(c => c.Id == id).ExecuteDelete();
            db.AddRange(Rows(id, 250, 50, DateTime.UnixEpoch));
            db.SaveChanges();
        };

        await Get<ConversationEdits>().DeleteAsync(_runs.User, id, default);

        Assert.Equal((1, 250), await _runs.QueryAsync(async db => (await db.Conversations.IgnoreQueryFilters().CountAsync(), await db.Messages.CountAsync())));
    }

    [Fact]
    public async Task DeleteAll_HidesAllBeforeItDeletesTheFirst()
    {
        for (int i = 0; i < 3; i++)
            await AddAsync(150, 50);
        var seen = new ConcurrentQueue<(int Visible, int Messages)>();
        _deletions.After = () =>
        {
            using var db = Open();
            seen.Enqueue((db.Conversations.Count(), db.Messages.Count()));
        };

        int count = await Get<ConversationRemoval>().DeleteAllAsync(_runs.User, default);
        _deletions.After = null;

        Assert.Equal(3, count);
        Assert.All(seen, s => Assert.Equal(0, s.Visible));
        AssertSteps([450, .. seen.Select(s => s.Messages)], 100);
    }

    private static void AssertSteps(IEnumerable<int> left, int largestStep)
    {
        var counts = left.Distinct().OrderDescending().ToList();
        Assert.Equal(0, counts[^1]);
        Assert.All(counts.Zip(counts.Skip(1), (before, after) => before - after), step => Assert.InRange(step, 1, largestStep));
    }

    /// <summary>A conversation whose words are in the search index, with a run of 250 rows of events.</summary>
    private async Task<Guid> AddAsync(int messages, int chars)
    {
        var id = Guid.NewGuid();
        await using var db = Open();
        db.AddRange(Rows(id, messages, chars, deletedAt: null));
        await db.SaveChangesAsync();
        while (await Get<SearchIndex>().IndexNextAsync(null, default))
        {
        }
        return id;
    }

    private IEnumerable<object> Rows(Guid id, int messages, int chars, DateTime? deletedAt)
    {
        var at = DateTime.UnixEpoch;
        yield return new Conversation { Id = id, OwnerId = _runs.User.Id, Title = "Large", CreatedAt = at, UpdatedAt = at, DeletedAt = deletedAt };
        string content = string.Concat(Enumerable.Repeat("word ", chars / 5));
        for (int i = 0; i < messages; i++)
            yield return new Message { Id = Guid.NewGuid(), ConversationId = id, Role = MessageRole.User, Status = MessageStatus.Completed, Content = content, CreatedAt = at };
        var run = new Run { Id = Guid.NewGuid(), OwnerId = _runs.User.Id, ConversationId = id, Agent = "a", Model = "p/m", Status = RunStatus.Completed, CreatedAt = at, FinishedAt = at };
        yield return run;
        for (int i = 1; i <= 250; i++)
            yield return new RunEventChunk { RunId = run.Id, FirstSeq = i, LastSeq = i, Data = [0] };
    }

    private ChatDbContext Open() => Get<IDbContextFactory<ChatDbContext>>().CreateDbContext();

    private T Get<T>() where T : notnull => _runs.App.Services.GetRequiredService<T>();

    /// <summary>How many rows each statement has deleted, and what is to happen after each.</summary>
    private sealed class DeletedRows : DbCommandInterceptor
    {
        private readonly ConcurrentQueue<(string Statement, int Rows)> _all = new();

        public Action? After { get; set; }

        public IEnumerable<int> Of(string table) => _all.Where(d => d.Statement.StartsWith($"DELETE FROM {table}", StringComparison.Ordinal)).Select(d => d.Rows);

        public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            string statement = command.CommandText.Replace("\"", "", StringComparison.Ordinal);
            _all.Enqueue((statement, result));
            if (statement.StartsWith("DELETE FROM messages", StringComparison.Ordinal) || statement.StartsWith("DELETE FROM run_events", StringComparison.Ordinal))
                After?.Invoke();
            return new(result);
        }
    }
}
