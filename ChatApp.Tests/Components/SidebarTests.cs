using Bunit;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Radzen.Blazor;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The sidebar over the real services.</summary>
public sealed class SidebarTests : PageTest
{
    [Fact]
    public async Task Sidebar_NoConversations_SaysWhatWillBeThere()
    {
        await StartAsync();
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".account-name");
        Assert.Contains("will be listed here", sidebar.Find(".sidebar-empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("ada@example.com", sidebar.Find(".account-name").TextContent);
    }

    [Fact]
    public async Task Sidebar_OwnConversations_AreListedAndNobodyElses()
    {
        await StartAsync();
        await CreateAsync("Mine");
        await App.Services.GetRequiredService<ConversationService>().CreateAsync(await CreatePersonAsync(), "Theirs", null, default);
        var sidebar = Render<Sidebar>();
        Assert.Equal("Mine", sidebar.WaitForElement(".conversation-title").TextContent);
        Assert.DoesNotContain("Theirs", sidebar.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sidebar_ShownConversation_IsMarked()
    {
        await StartAsync();
        var shown = await CreateAsync("Shown");
        await CreateAsync("Other");
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/c/{shown.Id}");
        var sidebar = Render<Sidebar>();
        Assert.Equal("Shown", sidebar.WaitForElement("[aria-current=page]").GetAttribute("title"));
    }

    [Fact]
    public async Task Sidebar_AnswerStartsAndEndsElsewhere_ShowsAndClearsTheDot()
    {
        await StartAsync();
        var gate = new Gate();
        Provider.Script("m", s => s.Text("One").Wait(gate).Text("two").Finish());
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".sidebar-empty");
        var asking = AskAsync("From another tab");
        sidebar.WaitForAssertion(() => Assert.Equal("From another tab", sidebar.Find("a:has(.streaming-dot)").GetAttribute("title")));
        gate.Open();
        await asking;
        sidebar.WaitForAssertion(() => Assert.Empty(sidebar.FindAll(".streaming-dot")));
    }

    [Fact]
    public async Task Sidebar_MoreThanAPage_ShowsOlderOnes()
    {
        await StartAsync();
        for (int i = 0; i < 61; i++)
            await CreateAsync($"Conversation {i}");
        var sidebar = Render<Sidebar>();
        sidebar.WaitForAssertion(() => Assert.Equal(60, sidebar.FindAll(".conversation-row").Count));
        sidebar.Find(".sidebar-list > .button").Click();
        sidebar.WaitForAssertion(() => Assert.Equal(61, sidebar.FindAll(".conversation-row").Count));
        Assert.Empty(sidebar.FindAll(".sidebar-list > .button"));
    }

    [Theory]
    [InlineData("Keep", 1)]
    [InlineData("Delete", 0)]
    public async Task Delete_AsksFirst(string answer, int left)
    {
        await StartAsync();
        await CreateAsync("Old");
        var dialogs = Render<RadzenDialog>();
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement("[aria-label='Delete Old']").Click();
        dialogs.WaitForElements(".rz-dialog .rz-button").Single(b => b.TextContent.Contains(answer, StringComparison.Ordinal)).Click();
        sidebar.WaitForAssertion(() => Assert.Equal(left, sidebar.FindAll(".conversation-row").Count));
        var stored = await App.Services.GetRequiredService<ConversationService>().ListAsync(Person, 10, null, default);
        Assert.Equal(left, stored.Count);
    }

    [Fact]
    public async Task Rename_IsStoredAndShown()
    {
        await StartAsync();
        await CreateAsync("Old");
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement("input.rename").Change("New");
        sidebar.WaitForAssertion(() => Assert.Equal("New", sidebar.Find(".conversation-title").TextContent));
        Assert.Equal("New", Assert.Single(await App.Services.GetRequiredService<ConversationService>().ListAsync(Person, 10, null, default)).Title);
    }

    private Task<ConversationSummary> CreateAsync(string title) =>
        App.Services.GetRequiredService<ConversationService>().CreateAsync(Person, title, null, default);
}
