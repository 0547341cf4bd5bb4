using System.Collections.Concurrent;
using System.Text;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>A long conversation is stored in steps, between which others write; nobody sees it before the last.</summary>
public sealed class ImportStepsTests
{
    [Fact]
    public async Task LongConversation_BetweenItsSteps_IsHiddenAndOthersWrite()
    {
        var time = new PauseTime();
        await using var app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(time));
        var (_, client) = await app.CreateCallerAsync();
        var seen = new ConcurrentQueue<(int Visible, int Hidden, int Messages, int Written)>();
        string messages = string.Join(',', Enumerable.Range(0, 1000).Select(i => $$$"""{"id":"{{{i}}}","role":"assistant","content":"Answer {{{i}}}","run":{"agent":"a","model":"m"}}"""));
        string file = $$"""{"format":"chatapp-conversation","id":"1","title":"Long","messages":[{{messages}}]}""";
        time.OnPause = () =>
        {
            using var db = app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();
            // A transaction that held the lock would let this time out.
            int written = db.Database.ExecuteSqlRaw("UPDATE users SET access_failed_count = 0");
            seen.Enqueue((db.Conversations.Count(), db.Conversations.IgnoreQueryFilters().Count(c => c.DeletedAt != null), db.Messages.Count(), written));
        };

        var (status, report) = await TransferHarness.ImportAsync(client, Encoding.UTF8.GetBytes(file));
        time.OnPause = null;

        Assert.Equal((200, 1, 1000), (status, report.GetProperty("imported").GetInt32(), report.GetProperty("conversations")[0].GetProperty("messages").GetInt32()));
        var between = seen.Where(s => s.Messages is > 0 and < 1000).ToList();
        Assert.True(between.Count >= 3, string.Join(' ', seen));
        Assert.All(between, s => Assert.Equal((0, 1, 1), (s.Visible, s.Hidden, s.Written)));
        await using var after = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal((1, 1000), (await after.Conversations.CountAsync(), await after.Messages.CountAsync()));
    }

    [Fact]
    public async Task LongConversation_DeletedBetweenItsSteps_IsNeverShown()
    {
        var time = new PauseTime();
        await using var app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(time));
        var (person, client) = await app.CreateCallerAsync();
        bool hidden = false;
        time.OnPause = () =>
        {
            using var db = app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();
            if (db.Messages.Count() is 0 or 1000)
                return;
            time.OnPause = null;
            hidden = app.Services.GetRequiredService<ConversationDeletion>().HideAsync(person.Id, all => all, default).GetAwaiter().GetResult().Count == 1;
        };
        string messages = string.Join(',', Enumerable.Range(0, 1000).Select(i => $$$"""{"id":"{{{i}}}","role":"user","content":"{{{i}}}"}"""));

        using var answer = await client.PostAsync("/api/import", new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"format":"chatapp-conversation","id":"1","title":"Long","messages":[{{messages}}]}""")));

        Assert.True(hidden);
        await using var after = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(0, await after.Conversations.CountAsync());
        await app.Services.GetRequiredService<ConversationPurge>().PurgeAsync(default);
        Assert.Equal((0, 0), (await after.Conversations.IgnoreQueryFilters().CountAsync(), await after.Messages.CountAsync()));
    }

    /// <summary>The system's time, which says when somebody begins to wait for less than a minute.</summary>
    private sealed class PauseTime : TimeProvider
    {
        public Action? OnPause { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromMinutes(1))
                OnPause?.Invoke();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
