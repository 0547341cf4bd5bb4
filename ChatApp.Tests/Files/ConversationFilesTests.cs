using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Profiles;
using ChatApp.Tests.Conversations;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Files;

/// <summary>A file goes with the last conversation that needs it, and no earlier.</summary>
public sealed class ConversationFilesTests(LibraryApp app) : LibraryTest(app)
{
    private ConversationEdits Edits => Get<ConversationEdits>();

    [Fact]
    public async Task Files_OfAConversationDeletedForGood_GoAlong()
    {
        var conversation = await CreateAsync();
        for (int i = 0; i < 12; i++)
            await AttachAsync(conversation.Id, await AddAsync($"file {i}"));

        await Edits.DiscardAsync(Ada, conversation.Id, default);
        Assert.Equal(12, await CountAsync());
        await Edits.DeleteAsync(Ada, conversation.Id, default);

        Assert.Equal(0, await CountAsync());
        Assert.Equal(0, (await Get<FileLibrary>().MeasureAsync(Ada, default)).Used);
    }

    [Fact]
    public async Task Files_ThatSomethingElseNeeds_Stay()
    {
        var (deleted, other, discarded) = (await CreateAsync("Deleted"), await CreateAsync("Other"), await CreateAsync("Discarded"));
        var (used, inTrash, unsent) = (await AddAsync("used elsewhere"), await AddAsync("used in the trash"), await AddAsync("not sent yet"));
        await Get<ProfileService>().SetPictureAsync(Ada, TestImages.Png, default);
        var picture = (await Get<ProfileService>().FindAsync(Ada, default))!.PictureId!.Value;
        foreach (var id in new[] { used, inTrash, picture })
            await AttachAsync(deleted.Id, id);
        await AttachAsync(other.Id, used);
        await AttachAsync(discarded.Id, inTrash);
        await Edits.DiscardAsync(Ada, discarded.Id, default);

        await Edits.DeleteAsync(Ada, deleted.Id, default);
        Assert.Equal(new[] { used, inTrash, unsent, picture }.Order(), (await IdsAsync()).Order());

        await Edits.DeleteAsync(Ada, discarded.Id, default);
        Assert.Equal(new[] { used, unsent, picture }.Order(), (await IdsAsync()).Order());
    }

    [Fact]
    public async Task Files_OfATemporaryChat_GoWhenItIsPurged()
    {
        var conversation = await CreateAsync();
        await QueryAsync(db => db.Conversations.Where(c => c.Id == conversation.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.IsTemporary, true)));
        await AttachAsync(conversation.Id, await AddAsync("secret"));
        Get<TemporaryChats>().Look(conversation.Id).Dispose();

        Time.Advance(TimeSpan.FromMinutes(16));
        await Get<ConversationPurge>().PurgeAsync(default);

        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Files_OfSomebodyElsesConversation_Stay()
    {
        var conversation = await CreateAsync();
        await AttachAsync(conversation.Id, await AddAsync("mine"));

        Assert.False(await Edits.DeleteAsync(Bob, conversation.Id, default));

        await Get<ConversationFiles>().DeleteAsync(Bob.Id, conversation.Id, default);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Files_ThatNothingNeeds_GoAfterAWeek()
    {
        var conversation = await CreateAsync();
        await Get<ProfileService>().SetPictureAsync(Ada, TestImages.Png, default);
        var (picture, sent) = ((await Get<ProfileService>().FindAsync(Ada, default))!.PictureId!.Value, await AddAsync("sent"));
        await AttachAsync(conversation.Id, sent);
        await Edits.DiscardAsync(Ada, conversation.Id, default);
        for (int i = 0; i < 12; i++)
            await AddAsync($"chosen {i}");
        Time.Advance(TimeSpan.FromDays(6.9));
        var late = await AddAsync("late");
        await Get<ConversationFiles>().PurgeAsync(default);
        Assert.Equal(15, await CountAsync());

        Time.Advance(TimeSpan.FromDays(0.2));
        await Get<ConversationFiles>().PurgeAsync(default);
        Assert.Equal(new[] { picture, sent, late }.Order(), (await IdsAsync()).Order());
    }

    private async Task<Guid> AddAsync(string text) => (await Get<FileStore>().AddAsync(Ada, "a.txt", System.Text.Encoding.UTF8.GetBytes(text), default)).Id;

    private async Task AttachAsync(Guid conversation, Guid file)
    {
        var message = await SayAsync(conversation, "Look");
        await QueryAsync(async db =>
        {
            db.MessageAttachments.Add(new MessageAttachment { MessageId = message, FileId = file });
            return await db.SaveChangesAsync();
        });
    }

    private Task<int> CountAsync() => QueryAsync(db => db.Files.CountAsync(f => f.OwnerId == Ada.Id));

    private Task<List<Guid>> IdsAsync() => QueryAsync(db => db.Files.Where(f => f.OwnerId == Ada.Id).Select(f => f.Id).ToListAsync());
}
