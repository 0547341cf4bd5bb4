using ChatApp.Conversations;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Conversations;

public sealed class ConversationPurgeTests(LibraryApp app) : LibraryTest(app)
{
    private ConversationPurge Purge => Get<ConversationPurge>();

    private TemporaryChats Temporary => Get<TemporaryChats>();

    [Fact]
    public async Task Purge_Discarded_AreKeptForAnHour()
    {
        var conversation = await CreateAsync();
        await SayAsync(conversation.Id, "Hello");
        await CreateAsync("Kept");
        await Get<ConversationEdits>().DiscardAsync(Ada, conversation.Id, default);

        Time.Advance(TimeSpan.FromMinutes(59));
        await Purge.PurgeAsync(default);
        Assert.Equal(2, await CountAsync());

        Time.Advance(TimeSpan.FromMinutes(2));
        await Purge.PurgeAsync(default);
        Assert.Equal(1, await CountAsync());
        Assert.Equal(0, await QueryAsync(db => db.Messages.CountAsync(m => m.ConversationId == conversation.Id)));
    }

    [Fact]
    public async Task Purge_TemporaryThatNobodyHasSeen_IsKeptForADay()
    {
        await CreateTemporaryAsync();
        Time.Advance(TimeSpan.FromHours(23));
        await Purge.PurgeAsync(default);
        Assert.Equal(1, await CountAsync());
        Time.Advance(TimeSpan.FromHours(2));
        await Purge.PurgeAsync(default);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Purge_TemporaryOnAScreen_StaysUntilAWhileAfterItWasLeft()
    {
        var id = await CreateTemporaryAsync();
        var look = Temporary.Look(id);
        for (int hour = 0; hour < 48; hour += 12)
        {
            Time.Advance(TimeSpan.FromHours(12));
            await Purge.PurgeAsync(default);
        }
        Assert.Equal(1, await CountAsync());

        look.Dispose();
        Time.Advance(TimeSpan.FromSeconds(59));
        await Purge.PurgeAsync(default);
        Assert.Equal(1, await CountAsync());
        Time.Advance(TimeSpan.FromSeconds(2));
        await Purge.PurgeAsync(default);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Purge_TemporaryThatIsReloaded_Stays()
    {
        var id = await CreateTemporaryAsync();
        Temporary.Look(id).Dispose();
        Time.Advance(TimeSpan.FromSeconds(40));
        using var again = Temporary.Look(id);
        Time.Advance(TimeSpan.FromMinutes(10));
        await Purge.PurgeAsync(default);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Purge_TemporaryThatIsReopenedMeanwhile_Stays()
    {
        List<Guid> both = [await CreateTemporaryAsync(), await CreateTemporaryAsync()];
        both.ForEach(id => Temporary.Look(id).Dispose());
        Time.Advance(TimeSpan.FromMinutes(2));
        // When the first one goes, somebody comes back to the other.
        IDisposable? again = null;
        void Reopen(Guid deleted) => again ??= both.Contains(deleted) ? Temporary.Look(both.Single(id => id != deleted)) : null;
        Get<ConversationFeed>().Deleted += Reopen;

        await Purge.PurgeAsync(default);

        Get<ConversationFeed>().Deleted -= Reopen;
        Assert.Equal(1, await CountAsync());
        again!.Dispose();
        Time.Advance(TimeSpan.FromMinutes(2));
        await Purge.PurgeAsync(default);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Purge_ConversationRestoredMeanwhile_Stays()
    {
        var conversation = await CreateAsync();
        var edits = Get<ConversationEdits>();
        await edits.DiscardAsync(Ada, conversation.Id, default);
        Assert.True(await edits.RestoreAsync(Ada, conversation.Id, default));
        Assert.False(await Get<ConversationDeletion>().DeleteAsync(Ada.Id, conversation.Id, c => c.DeletedAt != null, default));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Purge_OrdinaryConversationsOnNoScreen_Stay()
    {
        var conversation = await CreateAsync();
        Temporary.Look(conversation.Id).Dispose();
        Time.Advance(TimeSpan.FromDays(400));
        await Purge.PurgeAsync(default);
        Assert.Equal(1, await CountAsync());
    }

    private Task<int> CountAsync() => QueryAsync(db => db.Conversations.IgnoreQueryFilters().CountAsync(c => c.OwnerId == Ada.Id));

    private Task<Guid> CreateTemporaryAsync() => QueryAsync(async db =>
    {
        var now = Time.GetUtcNow().UtcDateTime;
        var conversation = new Conversation { Id = Guid.NewGuid(), OwnerId = Ada.Id, Title = "Temporary", IsTemporary = true, CreatedAt = now, UpdatedAt = now };
        db.Conversations.Add(conversation);
        await db.SaveChangesAsync();
        return conversation.Id;
    });
}
