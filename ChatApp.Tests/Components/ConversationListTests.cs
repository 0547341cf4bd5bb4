using Bunit;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class ConversationListTests : ComponentTest
{
    private readonly DateTime _now = new(2027, 3, 10, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void List_Empty_SaysWhatWillBeThere()
    {
        var list = Render<ConversationList>(p => p.Add(l => l.Groups, []));
        Assert.Contains("will be listed here", list.Find(".sidebar-empty").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Groups_MarksTheCurrentAndTheAnsweringOne()
    {
        var current = Conversation("Current", _now);
        var answering = Conversation("Answering", _now, streaming: true);
        var list = Render<ConversationList>(p => p.Add(l => l.Groups, [new("Today", [answering, current])]).Add(l => l.CurrentId, current.Id));
        Assert.Equal("Today", list.Find("h2").TextContent);
        var link = Assert.Single(list.FindAll("[aria-current=page]"));
        Assert.Equal($"/c/{current.Id}", link.GetAttribute("href"));
        Assert.Equal($"/c/{answering.Id}", list.Find("a:has(.streaming-dot)").GetAttribute("href"));
    }

    [Fact]
    public void Rename_NewTitle_GivesItTrimmed()
    {
        List<string> titles = [];
        RenderRow(Conversation("Old", _now), titles).Find("input").Change("  New  ");
        Assert.Equal(["New"], titles);
    }

    [Theory]
    [InlineData("   ")]
    [InlineData("Old")]
    public void Rename_NothingNew_ChangesNothing(string typed)
    {
        List<string> titles = [];
        RenderRow(Conversation("Old", _now), titles).Find("input").Change(typed);
        Assert.Empty(titles);
    }

    [Fact]
    public void Delete_Click_AsksItsParent()
    {
        int deletes = 0;
        var row = Render<ConversationRow>(p => p.Add(r => r.Conversation, Conversation("Old", _now)).Add(r => r.OnDelete, () => deletes++));
        row.Find("[aria-label='Delete Old']").Click();
        Assert.Equal(1, deletes);
    }

    [Fact]
    public void Groups_ByTheReadersDays_NotByUtc()
    {
        var tokyo = TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(9), "t", "t");
        ConversationSummary[] conversations =
        [
            Conversation("21:00 in Tokyo", _now),
            Conversation("00:30 in Tokyo, yesterday in UTC", new DateTime(2027, 3, 9, 15, 30, 0, DateTimeKind.Utc)),
            Conversation("23:30 in Tokyo", new DateTime(2027, 3, 9, 14, 30, 0, DateTimeKind.Utc)),
            Conversation("A week ago", new DateTime(2027, 3, 3, 3, 0, 0, DateTimeKind.Utc)),
            Conversation("Eight days ago", new DateTime(2027, 3, 2, 3, 0, 0, DateTimeKind.Utc)),
        ];
        var groups = ConversationGroups.Of(conversations, new DateTimeOffset(_now), tokyo);
        Assert.Equal([("Today", 2), ("Yesterday", 1), ("Previous 7 days", 1), ("Older", 1)], groups.Select(g => (g.Heading, g.Conversations.Count)));
    }

    private IRenderedComponent<ConversationRow> RenderRow(ConversationSummary conversation, List<string> titles) =>
        Render<ConversationRow>(p => p.Add(r => r.Conversation, conversation).Add(r => r.OnRename, titles.Add));
}
