using ChatApp.Conversations;
using ChatApp.Data;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Conversations;

public sealed class DraftsTests(LibraryApp app) : LibraryTest(app)
{
    private Drafts Drafts => Get<Drafts>();

    [Fact]
    public async Task Save_Twice_TheLaterOneStands()
    {
        await Drafts.SaveAsync(Ada, "new", "First", "demo", default);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Drafts.SaveAsync(Ada, "new", "Second\0", null, default);

        var draft = await Drafts.FindAsync(Ada, "new", default);

        Assert.Equal(("Second\uFFFD", null, Time.GetUtcNow().UtcDateTime), (draft!.Text, draft.Agent, draft.UpdatedAt));
        Assert.Null(await Drafts.FindAsync(Bob, "new", default));
    }

    [Fact]
    public async Task Save_ConversationOfSomebodyElse_KeepsNothing()
    {
        var conversation = await CreateAsync();

        Assert.True(await Drafts.SaveAsync(Ada, conversation.Id.ToString().ToUpperInvariant(), "Mine", null, default));
        Assert.False(await Drafts.SaveAsync(Bob, conversation.Id.ToString(), "Theirs", null, default));

        Assert.Equal("Mine", (await Drafts.FindAsync(Ada, conversation.Id.ToString(), default))?.Text);
        Assert.Null(await Drafts.FindAsync(Bob, conversation.Id.ToString(), default));
    }

    [Fact]
    public async Task Save_TemporaryChat_KeepsNothing()
    {
        var conversation = await CreateAsync();
        await QueryAsync(db => db.Conversations.Where(c => c.Id == conversation.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.IsTemporary, true)));

        Assert.False(await Drafts.SaveAsync(Ada, conversation.Id.ToString(), "Secret", null, default));

        Assert.Null(await Drafts.FindAsync(Ada, conversation.Id.ToString(), default));
    }

    [Fact]
    public async Task Save_EmptyText_Deletes()
    {
        await Drafts.SaveAsync(Ada, "new", "Text", null, default);
        await Drafts.SaveAsync(Ada, "new", "", null, default);
        Assert.Null(await Drafts.FindAsync(Ada, "new", default));
    }

    [Fact]
    public async Task Save_TextThatIsTooLong_IsRefused()
    {
        await Drafts.SaveAsync(Ada, "new", new string('x', Drafts.MaxLength), null, default);
        var problem = await Assert.ThrowsAsync<RequestProblem>(() => Drafts.SaveAsync(Ada, "new", new string('x', Drafts.MaxLength + 1), null, default));
        Assert.Equal((400, "text"), (problem.Status, problem.Field));
        Assert.Equal(Drafts.MaxLength, (await Drafts.FindAsync(Ada, "new", default))?.Text.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("elsewhere")]
    public async Task Save_PlaceThatIsNone_IsRefused(string place) =>
        Assert.Equal("place", (await Assert.ThrowsAsync<RequestProblem>(() => Drafts.SaveAsync(Ada, place, "Text", null, default))).Field);
}
