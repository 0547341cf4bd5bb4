using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Conversations;

public sealed class ConversationEditsTests(LibraryApp app) : LibraryTest(app)
{
    private ConversationEdits Edits => Get<ConversationEdits>();

    [Fact]
    public async Task Change_Everything_IsKeptAndIsNoNews()
    {
        var conversation = await CreateAsync();
        var folder = await Get<Folders>().CreateAsync(Ada, "Work", default);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.True(await Edits.ChangeAsync(Ada, conversation.Id, new()
        {
            Title = " New ", Pinned = true, Archived = true, FolderId = folder.Id, Tags = ["#Über", "b", "B ", ""],
        }, default));

        var changed = await Conversations.FindAsync(Ada, conversation.Id, default);
        var now = Time.GetUtcNow().UtcDateTime;
        Assert.Equal(("New", now, now, folder.Id, conversation.UpdatedAt),
            (changed!.Title, changed.PinnedAt, changed.ArchivedAt, changed.FolderId, changed.UpdatedAt));
        Assert.Equal(["b", "über"], changed.Tags);
        Assert.Equal(["b", "über"], await Get<Tags>().ListAsync(Ada, default));
        Assert.Equal(TitleOrigin.Person, await QueryAsync(db => db.Conversations.Where(c => c.Id == conversation.Id).Select(c => c.TitledBy).SingleAsync()));
    }

    [Fact]
    public async Task Change_Back_LeavesNothing()
    {
        var conversation = await CreateAsync();
        var folder = await Get<Folders>().CreateAsync(Ada, "Work", default);
        await Edits.ChangeAsync(Ada, conversation.Id, new() { Pinned = true, Archived = true, FolderId = folder.Id, Tags = ["a"] }, default);

        await Edits.ChangeAsync(Ada, conversation.Id, new() { Pinned = false, Archived = false, FolderId = Guid.Empty, Tags = [] }, default);

        Assert.Equal(conversation, await Conversations.FindAsync(Ada, conversation.Id, default));
    }

    [Fact]
    public async Task Change_OneBadValue_ChangesNothing()
    {
        var conversation = await CreateAsync();
        var theirs = await Get<Folders>().CreateAsync(Bob, "Theirs", default);

        foreach (var (changes, field) in new (ConversationChanges, string)[]
        {
            (new() { Pinned = true, Title = " " }, "title"),
            (new() { Pinned = true, Tags = [new string('x', 41)] }, "tags"),
            (new() { Pinned = true, Tags = [.. Enumerable.Range(0, 21).Select(i => $"{i}")] }, "tags"),
            (new() { Pinned = true, FolderId = theirs.Id }, "folder_id"),
        })
            Assert.Equal((400, field), await ProblemAsync(() => Edits.ChangeAsync(Ada, conversation.Id, changes, default)));

        Assert.Equal(conversation, await Conversations.FindAsync(Ada, conversation.Id, default));
        Assert.False(await Edits.ChangeAsync(Bob, conversation.Id, new() { Pinned = true }, default));
    }

    [Fact]
    public async Task List_Filters_GiveWhatIsMeantAndNoTemporaryOnes()
    {
        var plain = await CreateAsync("Plain");
        Time.Advance(TimeSpan.FromSeconds(1));
        var archived = await CreateAsync("Archived");
        var filed = await CreateAsync("Filed");
        var folder = await Get<Folders>().CreateAsync(Ada, "Work", default);
        await Edits.ChangeAsync(Ada, archived.Id, new() { Archived = true, Tags = ["x"] }, default);
        await Edits.ChangeAsync(Ada, filed.Id, new() { FolderId = folder.Id, Tags = ["x"] }, default);
        await QueryAsync(async db =>
        {
            db.Conversations.Add(new Conversation { Id = Guid.NewGuid(), OwnerId = Ada.Id, Title = "Temporary", IsTemporary = true, UpdatedAt = Time.GetUtcNow().UtcDateTime });
            return await db.SaveChangesAsync();
        });

        Assert.Equal(["Filed", "Plain"], await TitlesAsync(new()));
        Assert.Equal(["Archived"], await TitlesAsync(new() { Archived = true }));
        Assert.Equal(["Filed"], await TitlesAsync(new() { FolderId = folder.Id }));
        Assert.Equal(["Plain"], await TitlesAsync(new() { Unfiled = true }));
        Assert.Equal(["Filed"], await TitlesAsync(new() { Tag = "x" }));
        Assert.Equal(plain.Id, Assert.Single(await Get<ConversationIndex>().RangeAsync(Ada, new(), 1, 5, default)).Id);
    }

    [Fact]
    public async Task Discard_IsGoneUntilItIsRestored()
    {
        var conversation = await CreateAsync();
        await SayAsync(conversation.Id, "findable");

        Assert.False(await Edits.DiscardAsync(Bob, conversation.Id, default));
        Assert.True(await Edits.DiscardAsync(Ada, conversation.Id, default));
        Assert.Null(await Conversations.FindAsync(Ada, conversation.Id, default));
        Assert.Null(await Conversations.ListPathAsync(Ada, conversation.Id, default));
        Assert.Empty(await Conversations.ListAsync(Ada, 10, null, default));
        Assert.Empty(await Get<ConversationSearch>().FindAsync(Ada, "findable", 10, default));

        Assert.False(await Edits.RestoreAsync(Bob, conversation.Id, default));
        Assert.True(await Edits.RestoreAsync(Ada, conversation.Id, default));
        Assert.NotNull(await Conversations.FindAsync(Ada, conversation.Id, default));
        Assert.False(await Edits.RestoreAsync(Ada, conversation.Id, default));
    }

    [Fact]
    public async Task List_ByTagAsItWasTyped_FindsIt()
    {
        var tagged = await CreateAsync("Tagged");
        await Edits.ChangeAsync(Ada, tagged.Id, new() { Tags = ["# Work "] }, default);
        Assert.Equal(["work"], (await Conversations.FindAsync(Ada, tagged.Id, default))!.Tags);
        Assert.Equal(["Tagged"], await TitlesAsync(new() { Tag = Tags.Normalize(" # WORK") }));
    }

    [Fact]
    public async Task Delete_TakesTheDraftAlong()
    {
        var conversation = await CreateAsync();
        await Get<Drafts>().SaveAsync(Ada, conversation.Id.ToString(), "Half a thought", null, default);
        await Edits.DeleteAsync(Ada, conversation.Id, default);
        Assert.Equal(0, await QueryAsync(db => db.Drafts.CountAsync(d => d.OwnerId == Ada.Id)));
    }

    [Fact]
    public async Task CountByDay_CountsByTheReadersCalendar()
    {
        var tokyo = TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(9), "t", "t");
        // Midnight in UTC is 09:00 in Tokyo.
        Time.Advance(Time.GetUtcNow().UtcDateTime.Date.AddDays(1) - Time.GetUtcNow().UtcDateTime);
        var today = DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime);
        await CreateAsync();
        Time.Advance(TimeSpan.FromHours(14));
        await CreateAsync();
        Time.Advance(TimeSpan.FromHours(2));
        await CreateAsync();
        Assert.Equal(
            [new DayCount(today.AddDays(1), 1), new DayCount(today, 2)], await Get<ConversationIndex>().CountByDayAsync(Ada, new(), tokyo, default));
    }

    [Fact]
    public async Task Folders_NamesAreUniquePerPerson_AndDeletingOneKeepsItsConversations()
    {
        var folders = Get<Folders>();
        var work = await folders.CreateAsync(Ada, " Work ", default);
        var home = await folders.CreateAsync(Ada, "Home", default);
        await folders.CreateAsync(Bob, "Work", default);
        Assert.Equal((409, "name"), await ProblemAsync(() => folders.CreateAsync(Ada, "Work", default)));
        Assert.Equal((409, "name"), await ProblemAsync(() => folders.RenameAsync(Ada, home.Id, "Work", default)));
        Assert.Equal((400, "name"), await ProblemAsync(() => folders.CreateAsync(Ada, "", default)));
        Assert.Null(await folders.RenameAsync(Bob, home.Id, "Mine", default));
        Assert.Equal("Private", (await folders.RenameAsync(Ada, home.Id, "Private", default))?.Name);
        var conversation = await CreateAsync();
        await Edits.ChangeAsync(Ada, conversation.Id, new() { FolderId = work.Id }, default);
        Assert.Equal([("Private", 0), ("Work", 1)], (await folders.ListAsync(Ada, default)).Select(f => (f.Name, f.Conversations)));

        Assert.Null(await folders.DeleteAsync(Bob, work.Id, default));
        var deleted = await folders.DeleteAsync(Ada, work.Id, default);

        Assert.Null((await Conversations.FindAsync(Ada, conversation.Id, default))!.FolderId);
        Assert.Equal([conversation.Id], deleted!.Conversations);
    }

    [Fact]
    public async Task RestoreFolder_TakesBackWhatWasInIt_ButNotWhatWasMovedMeanwhile()
    {
        var folders = Get<Folders>();
        var work = await folders.CreateAsync(Ada, "Work", default);
        var home = await folders.CreateAsync(Ada, "Home", default);
        var (kept, thrownAway, moved) = (await CreateAsync(), await CreateAsync(), await CreateAsync());
        foreach (var conversation in new[] { kept, thrownAway, moved })
            await Edits.ChangeAsync(Ada, conversation.Id, new() { FolderId = work.Id }, default);
        await Edits.DiscardAsync(Ada, thrownAway.Id, default);
        var deleted = (await folders.DeleteAsync(Ada, work.Id, default))!;
        await Edits.ChangeAsync(Ada, moved.Id, new() { FolderId = home.Id }, default);

        await folders.RestoreAsync(Ada, deleted, default);
        await Edits.RestoreAsync(Ada, thrownAway.Id, default);

        Assert.Equal([("Home", 1), ("Work", 2)], (await folders.ListAsync(Ada, default)).Select(f => (f.Name, f.Conversations)));
        Assert.Equal(home.Id, (await Conversations.FindAsync(Ada, moved.Id, default))!.FolderId);
        Assert.Equal((409, "name"), await ProblemAsync(() => folders.RestoreAsync(Ada, deleted with { Id = Guid.CreateVersion7() }, default)));
    }

    private async Task<string[]> TitlesAsync(ConversationFilter filter) =>
        [.. (await Conversations.ListAsync(Ada, filter, 10, null, default)).Select(c => c.Title).Order()];

    private static async Task<(int, string?)> ProblemAsync(Func<Task> call)
    {
        var problem = await Assert.ThrowsAsync<RequestProblem>(call);
        return (problem.Status, problem.Field);
    }
}
