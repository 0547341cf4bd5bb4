using Bunit;
using ChatApp.Components;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class SidebarOutlineTests : ComponentTest
{
    private static readonly DateOnly Today = new(2027, 3, 10);

    [Fact]
    public void ByTime_Days_BecomeGroupsOfKnownPlace()
    {
        DayCount[] days =
        [
            new(Today.AddDays(1), 1), new(Today, 2), new(Today.AddDays(-1), 3), new(Today.AddDays(-2), 4), new(Today.AddDays(-7), 5),
            new(Today.AddDays(-8), 6), new(Today.AddDays(-30), 7), new(new(2027, 2, 7), 8), new(new(2027, 1, 31), 9), new(new(2026, 1, 31), 10),
        ];

        var sections = SidebarOutline.ByTime(days, Today, new(), Services.GetRequiredService<IStringLocalizer<Texts>>()).ToList();

        Assert.Equal(
            [
                ("Today", 0, 3), ("Yesterday", 3, 3), ("Previous 7 days", 6, 9), ("Previous 30 days", 15, 13), ("2027 February", 28, 8), ("2027 January", 36, 9),
                ("2026 January", 45, 10),
            ],
            sections.Select(s => (s.Heading, s.Offset, s.Count)));
        Assert.Equal(7 + 55, new SidebarOutline(sections).Lines);
    }

    [Theory]
    // Lines: 0 heading a, 1-3, 4 heading b (closed), 5 heading c, 6-7.
    [InlineData(0, 8, "a*0+3 b*0+0 c*0+2")]
    [InlineData(0, 1, "a*0+0")]
    [InlineData(1, 2, "a0+2")]
    [InlineData(2, 3, "a1+2 b*0+0")]
    [InlineData(4, 3, "b*0+0 c*0+1")]
    [InlineData(7, 50, "c1+1")]
    [InlineData(8, 50, "")]
    public void Slices_Window_IsTheLinesThatShow(int first, int count, string expected)
    {
        var outline = new SidebarOutline([new("a", null, new(), 0, 3), new("b", null, new(), 0, 0), new("c", null, new(), 3, 2)]);
        Assert.Equal(8, outline.Lines);
        Assert.Equal(expected, string.Join(' ', outline.Slices(first, count).Select(s => $"{s.Section.Heading}{(s.HasHeading ? "*" : "")}{(s.Count == 0 ? 0 : s.Skip)}+{s.Count}")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"do\":\"pin\",\"id\":\"no id\"}")]
    public void Command_WhatIsNone_IsIgnored(string? value) => Assert.Null(SidebarCommand.Parse(value));

    [Fact]
    public void Command_FromTheBrowser_IsRead()
    {
        var id = Guid.NewGuid();
        Assert.Equal(new SidebarCommand("rename", id, "A \"title\""), SidebarCommand.Parse($$"""{"do":"rename","id":"{{id}}","value":"A \"title\""}"""));
        Assert.Equal(new SidebarCommand("pin", id, null), SidebarCommand.Parse(new SidebarCommand("pin", id, null).ToString()));
    }

    [Fact]
    public void Row_Conversation_LinksToItAndTellsTheMenuWhatItIs()
    {
        var conversation = Conversation("Answering", new(2027, 3, 10, 0, 0, 0, DateTimeKind.Utc), streaming: true) with { PinnedAt = DateTime.UnixEpoch };
        var row = Render<ConversationRow>(p => p.Add(r => r.Conversation, conversation).Add(r => r.IsCurrent, true));
        var link = row.Find("[aria-current=page]:has(.streaming-dot)");
        Assert.Equal($"/c/{conversation.Id}", link.GetAttribute("href"));
        Assert.Equal("Options for Answering", row.Find("[data-row-menu]").GetAttribute("aria-label"));
        var data = row.Find(".conversation-row");
        Assert.Equal((conversation.Id.ToString(), true), (data.GetAttribute("data-id"), data.HasAttribute("data-pinned")));
        Assert.False(data.HasAttribute("data-archived"));
    }
}
