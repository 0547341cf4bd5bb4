using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Data.Sqlite;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Profiles;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using ChatApp.Tests.Transfer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Profiles;

/// <summary>Who deletes their data has deleted all of it, and nobody else's.</summary>
public sealed class RemovalTests : IAsyncLifetime
{
    private TransferHarness _site = null!;

    public async Task InitializeAsync()
    {
        _site = await TransferHarness.StartAsync();
        await _site.App.CreateUserAsync("root@example.com", admin: true);
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Conversations_Deleted_TakeTheirFilesAlongAndLeaveTheRest()
    {
        var (ada, client, files) = await NewPersonAsync("ada@example.com");
        var (bob, _, _) = await NewPersonAsync("bob@example.com");
        await _site.App.Services.GetRequiredService<ProfileService>().SetPictureAsync(ada, TestImages.Gif, default);
        await _site.QueryAsync(async db =>
        {
            db.Conversations.AddRange(New(ada, deleted: true), New(ada, source: ConversationSources.Ask));
            return await db.SaveChangesAsync();
        });

        using var unsure = await client.PostFormAsync("account/data", [], form: "conversations");
        Assert.Contains("Confirm first", WebUtility.HtmlDecode(await unsure.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        using var sure = await client.PostFormAsync("account/data", new() { ["Sure"] = "true" }, form: "conversations");

        Assert.Equal("/account/data?deleted=2", sure.Headers.Location?.ToString());
        Assert.Equal([ConversationSources.Ask], await _site.QueryAsync(db => db.Conversations.IgnoreQueryFilters().Where(c => c.OwnerId == ada.Id).Select(c => c.Source).ToListAsync()));
        Assert.Equal(["image/gif"], await _site.QueryAsync(db => db.Files.Where(f => f.OwnerId == ada.Id).Select(f => f.MediaType).ToListAsync()));
        Assert.Equal((1, 1), (
            await _site.QueryAsync(db => db.Conversations.CountAsync(c => c.OwnerId == bob.Id)), await _site.QueryAsync(db => db.Files.CountAsync(f => f.OwnerId == bob.Id))));
    }

    [Fact]
    public async Task Account_Deleted_LeavesNoRowAndNoWayIn()
    {
        var (ada, client, _) = await NewPersonAsync("ada@example.com");
        var (bob, _, _) = await NewPersonAsync("bob@example.com");
        using var app = _site.App.CreateClient(await _site.App.CreateKeyAsync(ada.Id));
        await _site.QueryAsync(async db =>
        {
            db.Usage.Add(new UsageEntry { RunId = Guid.NewGuid(), OwnerId = ada.Id, Agent = "a", Model = "m", CreatedAt = DateTime.UnixEpoch });
            db.Drafts.Add(new Draft { OwnerId = ada.Id, Place = "new", Text = "x", UpdatedAt = DateTime.UnixEpoch });
            return await db.SaveChangesAsync();
        });

        using var wrong = await client.PostFormAsync("account/data", new() { ["Password"] = "not it" }, form: "account");
        Assert.Contains("not your password", WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        using var right = await client.PostFormAsync("account/data", new() { ["Password"] = TestApp.Password }, form: "account");

        Assert.Equal("/account/login", right.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/api/conversations")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/conversations")).StatusCode);
        // Every table that has an owner: what a new one forgets is found here.
        foreach (string table in await _site.QueryAsync(db => db.Database.SqlQuery<string>(
            $"SELECT m.name || '.' || p.name AS Value FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND p.name IN ('owner_id', 'account_id', 'user_id')").ToListAsync()))
        {
            var (name, column) = (table.Split('.')[0], table.Split('.')[1]);
#pragma warning disable EF1002 // Names from the schema.
            int left = await _site.QueryAsync(db => db.Database.SqlQueryRaw<int>($"SELECT COUNT(*) AS Value FROM \"{name}\" WHERE \"{column}\" = {{0}}", ada.Id.ToString().ToUpperInvariant()).SingleAsync());
#pragma warning restore EF1002
            Assert.True(left == 0, $"{table}: {left}");
        }
        Assert.False(await _site.QueryAsync(db => db.Users.AnyAsync(u => u.Id == ada.Id)));
        Assert.Equal(1, await _site.QueryAsync(db => db.Conversations.CountAsync(c => c.OwnerId == bob.Id)));
    }

    [Fact]
    public async Task Account_WithMuch_IsDeletedInSteps()
    {
        var deletes = new Deletes();
        await using var site = await TestApp.StartAsync(b => b.Services.ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(deletes)));
        await site.CreateUserAsync("root@example.com", admin: true);
        var ada = new CurrentUser(await site.CreateUserAsync("ada@example.com"), IsAdmin: false, Permissions.ScopesOf(false).ToHashSet());
        await using var scope = site.Services.CreateAsyncScope();
        await using var db = await site.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        // Nothing of it has expired: else the server's own housekeeping deletes it, too.
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        for (int i = 0; i < 1100; i++)
        {
            db.AgentCalls.Add(new AgentCall { Id = Guid.NewGuid(), OwnerId = ada.Id, Agent = "a", Purpose = "title", CreatedAt = now });
            db.IdempotencyKeys.Add(new IdempotencyKey { OwnerId = ada.Id, Key = $"{i}", RequestHash = [], RunId = Guid.NewGuid(), CreatedAt = now });
            db.PointsEntries.Add(new PointsEntry { Id = Guid.NewGuid(), OwnerId = ada.Id, Points = 1, CreatedAt = now });
            db.TokenSessions.Add(new TokenSession { Id = Guid.NewGuid(), AccountId = ada.Id, CreatedAt = now, ExpiresAt = now.AddDays(1) });
        }
        await db.SaveChangesAsync();

        await scope.ServiceProvider.GetRequiredService<AccountRemoval>().DeleteAsync(ada, TestApp.Password, default);

        foreach (string table in new[] { "agent_calls", "idempotency_keys", "points_entries", "token_sessions" })
        {
            // What a statement takes along by its foreign keys is not in its count: all must have been counted.
            var rows = deletes.Of(table);
            Assert.Equal((table, 1100), (table, rows.Sum()));
            Assert.All(rows, r => Assert.InRange(r, 0, 1000));
        }
    }

    /// <summary>How many rows each statement took from its own table.</summary>
    private sealed class Deletes : DbCommandInterceptor
    {
        private readonly ConcurrentQueue<(string Sql, int Rows)> _seen = [];

        public IReadOnlyList<int> Of(string table) =>
            [.. _seen.Where(s => s.Sql.StartsWith($"DELETE FROM \"{table}\"", StringComparison.Ordinal)).Select(s => s.Rows)];

        public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            _seen.Enqueue((command.CommandText, result));
            return ValueTask.FromResult(result);
        }
    }

    [Fact]
    public async Task Account_OfTheLastAdmin_Stays()
    {
        using var client = await _site.App.SignInAsync("root@example.com");

        using var answer = await client.PostFormAsync("account/data", new() { ["Password"] = TestApp.Password }, form: "account");

        Assert.Contains("last admin", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.True(await _site.QueryAsync(db => db.Users.AnyAsync(u => u.Email == "root@example.com" && u.DisabledAt == null)));
    }

    [Fact]
    public async Task Account_DeletedWhileAnAnswerStreams_EndsTheRun()
    {
        await using var runs = await RunHarness.StartAsync();
        await runs.App.CreateUserAsync("root@example.com", admin: true);
        runs.Provider.Script("m", s => s.Text("Hello").Hang());
        await runs.StartRunAsync("Hi");
        var request = await runs.Provider.NextRequestAsync();
        await using var scope = runs.App.Services.CreateAsyncScope();

        await scope.ServiceProvider.GetRequiredService<AccountRemoval>().DeleteAsync(runs.User, TestApp.Password, default);

        await request.CallerLeft.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((0, 0), (await runs.QueryAsync(db => db.Runs.CountAsync()), await runs.QueryAsync(db => db.Messages.CountAsync())));
    }

    private async Task<(CurrentUser Person, HttpClient Client, Guid File)> NewPersonAsync(string email)
    {
        var person = new CurrentUser(await _site.App.CreateUserAsync(email), IsAdmin: false, Permissions.ScopesOf(false).ToHashSet());
        var file = await _site.App.Services.GetRequiredService<FileStore>().AddAsync(person, "pixel.png", TestImages.Png, default);
        await _site.StoreRichAsync(person, file.Id);
        return (person, await _site.App.SignInAsync(email), file.Id);
    }

    private static Conversation New(CurrentUser owner, bool deleted = false, string? source = null) => new()
    {
        Id = Guid.NewGuid(), OwnerId = owner.Id, Title = "x", Source = source, DeletedAt = deleted ? DateTime.UnixEpoch : null, CreatedAt = DateTime.UnixEpoch,
        UpdatedAt = DateTime.UnixEpoch,
    };
}
