using Bunit;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
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
    public async Task Sidebar_ShownConversationInAFolder_IsSeenUntilThePersonClosesTheFolder()
    {
        await StartAsync();
        var navigation = Services.GetRequiredService<NavigationManager>();
        var (first, second) = (await CreateInFolderAsync("First", "Work"), await CreateInFolderAsync("Second", "Home"));
        navigation.NavigateTo($"/c/{first.Id}");
        var sidebar = Render<Sidebar>();
        sidebar.WaitForAssertion(() => Assert.Equal(["Home", "Work", "First"], Titles(sidebar)));

        navigation.NavigateTo($"/c/{second.Id}");
        sidebar.WaitForAssertion(() => Assert.Equal(["Home", "Second", "Work", "First"], Titles(sidebar)));

        Command(sidebar, "toggle", (await Get<Folders>().ListAsync(Person, default)).Single(f => f.Name == "Home").Id);
        sidebar.WaitForAssertion(() => Assert.Equal(["Home", "Work", "First"], Titles(sidebar)));
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
    public async Task Sidebar_BeforeTheCircuit_TakesNothingThatWouldBeLost()
    {
        await StartAsync();
        await CreateAsync("Mine");
        await Get<Folders>().CreateAsync(Person, "Work", default);
        SetRendererInfo(new RendererInfo("Static", isInteractive: false));
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".folder-row");
        Assert.All(sidebar.FindAll(".row-more, .folder-toggle, #sidebar-search, [aria-label=Filter], [data-sidebar-commands]"), e => Assert.True(e.HasAttribute("disabled")));
        Assert.Equal(2, sidebar.FindAll(".row-more").Count);
    }

    [Fact]
    public async Task Sidebar_LongList_HoldsAWindowOfIt()
    {
        await StartAsync();
        for (int i = 0; i < SidebarContent.WindowSize + 20; i++)
            await CreateAsync($"Conversation {i}");
        var sidebar = Render<Sidebar>();
        // The heading is a line.
        sidebar.WaitForAssertion(() => Assert.Equal(SidebarContent.WindowSize - 1, sidebar.FindAll(".conversation-row").Count));
        Assert.Equal("calc(21 * var(--line))", HeightOf(sidebar.FindAll(".list-space")[1]));

        Command(sidebar, "window", Guid.Empty, "1000");

        sidebar.WaitForAssertion(() => Assert.Equal(SidebarContent.WindowSize, sidebar.FindAll(".conversation-row").Count));
        Assert.Equal("Conversation 0", sidebar.FindAll(".conversation-title")[^1].TextContent);
        Assert.Equal("calc(21 * var(--line))", HeightOf(sidebar.FindAll(".list-space")[0]));
    }

    [Fact]
    public async Task Delete_CanBeUndoneForAWhile()
    {
        await StartAsync();
        var old = await CreateAsync("Old");
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/c/{old.Id}");
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".conversation-row");

        Command(sidebar, "delete", old.Id);
        // The list may know of it before the one who has done it.
        sidebar.WaitForElement(".toast");
        sidebar.WaitForAssertion(() => Assert.Empty(sidebar.FindAll(".conversation-row")));
        Assert.Equal("/", new Uri(Services.GetRequiredService<NavigationManager>().Uri).AbsolutePath);
        Assert.Null(await Get<ConversationService>().FindAsync(Person, old.Id, default));

        sidebar.Find(".toast button").Click();
        sidebar.WaitForAssertion(() => Assert.Single(sidebar.FindAll(".conversation-row")));
        Assert.Empty(sidebar.FindAll(".toast"));
        sidebar.WaitForAssertion(() => Assert.Equal($"/c/{old.Id}", new Uri(Services.GetRequiredService<NavigationManager>().Uri).AbsolutePath));
    }

    [Fact]
    public async Task DeleteFolder_Undone_ComesBackWithItsConversations()
    {
        await StartAsync();
        var inside = await CreateAsync("Inside");
        await CreateAsync("Outside");
        var folder = await Get<Folders>().CreateAsync(Person, "Work", default);
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".folder-row");
        Command(sidebar, "move", inside.Id, folder.Id.ToString());
        sidebar.WaitForAssertion(() => Assert.Equal(["Work", "Inside", "Outside"], Titles(sidebar)));

        Command(sidebar, "delete-folder", folder.Id);
        Assert.Equal("Folder deleted: Work", sidebar.WaitForElement(".toast-text").TextContent);
        sidebar.WaitForAssertion(() => Assert.DoesNotContain("Work", Titles(sidebar)));

        sidebar.Find(".toast button").Click();
        sidebar.WaitForAssertion(() => Assert.Equal(["Work", "Inside", "Outside"], Titles(sidebar)));
        Assert.Empty(sidebar.FindAll(".toast"));
    }

    [Fact]
    public async Task Toast_AfterTenSeconds_IsGone()
    {
        var time = new StepTime();
        await StartAsync(time);
        var old = await CreateAsync("Old");
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".conversation-row");
        Command(sidebar, "delete", old.Id);
        sidebar.WaitForElement(".toast");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Single(sidebar.FindAll(".toast"));
        time.Advance(TimeSpan.FromSeconds(1));
        sidebar.WaitForAssertion(() => Assert.Empty(sidebar.FindAll(".toast")));
    }

    [Fact]
    public async Task Commands_ChangeTheConversationAndTheList()
    {
        await StartAsync();
        var first = await CreateAsync("First");
        await CreateAsync("Second");
        var folder = await Get<Folders>().CreateAsync(Person, "Work", default);
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".folder-row");
        Assert.Equal(["Work", "Second", "First"], Titles(sidebar));

        Command(sidebar, "rename", first.Id, "Renamed");
        sidebar.WaitForAssertion(() => Assert.Equal(["Work", "Second", "Renamed"], Titles(sidebar)));
        Command(sidebar, "pin", first.Id);
        sidebar.WaitForAssertion(() => Assert.Equal(["Renamed", "Work", "Second"], Titles(sidebar)));
        Assert.Equal("Pinned", sidebar.Find(".list-heading").TextContent);
        Command(sidebar, "unpin", first.Id);
        Command(sidebar, "move", first.Id, folder.Id.ToString());
        sidebar.WaitForAssertion(() => Assert.Equal(["Work", "Renamed", "Second"], Titles(sidebar)));
        Command(sidebar, "toggle", folder.Id);
        sidebar.WaitForAssertion(() => Assert.Equal(["Work", "Second"], Titles(sidebar)));
        Command(sidebar, "rename", folder.Id, "Job");
        sidebar.WaitForAssertion(() => Assert.Equal(["Job", "Second"], Titles(sidebar)));
        Command(sidebar, "delete-folder", folder.Id);
        sidebar.WaitForAssertion(() => Assert.Equal(["Second", "Renamed"], Titles(sidebar)));
        Command(sidebar, "archive", first.Id);
        sidebar.WaitForAssertion(() => Assert.Equal(["Second"], Titles(sidebar)));
        Assert.Contains("Archived: Renamed", sidebar.Find(".toast").TextContent, StringComparison.Ordinal);
        sidebar.Find(".toast button").Click();
        sidebar.WaitForAssertion(() => Assert.Equal(["Second", "Renamed"], Titles(sidebar)));
        Command(sidebar, "archive", first.Id);
        sidebar.WaitForAssertion(() => Assert.Equal(["Second"], Titles(sidebar)));

        sidebar.Find("[aria-label=Filter]").Click();
        sidebar.WaitForElement(".filters .chip").Click();
        sidebar.WaitForAssertion(() => Assert.Equal(["Renamed"], Titles(sidebar)));
        sidebar.Find("[aria-label=Filter]").Click();
        sidebar.WaitForAssertion(() => Assert.Equal(["Second"], Titles(sidebar)));
    }

    [Fact]
    public async Task Command_ThatIsRefused_SaysWhy()
    {
        await StartAsync();
        await Get<Folders>().CreateAsync(Person, "Work", default);
        var home = await Get<Folders>().CreateAsync(Person, "Home", default);
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".folder-row");
        Command(sidebar, "rename", home.Id, "Work");
        Assert.Contains("already", sidebar.WaitForElement(".toast").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_Typed_ShowsWhatWasFound_AndTheListAgainWhenCleared()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("To the <i>lighthouse</i>.").Finish());
        var run = await AskAsync("Where shall we go?");
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".conversation-row");

        sidebar.Find("#sidebar-search").Input("light");
        var hit = sidebar.WaitForElement(".search-hit");
        Assert.Equal($"/c/{run.ConversationId}?m={run.MessageId}", hit.GetAttribute("href"));
        Assert.Equal("lighthouse", hit.QuerySelector("mark")!.TextContent);
        Assert.Contains("<i>lighthouse</i>", hit.QuerySelector(".hit-excerpt")!.TextContent, StringComparison.Ordinal);

        sidebar.Find("#sidebar-search").Input("nothing like it");
        sidebar.WaitForAssertion(() => Assert.Contains("Nothing found", sidebar.Find(".sidebar-empty").TextContent, StringComparison.Ordinal));
        sidebar.Find("#sidebar-search").Input("");
        sidebar.WaitForElement(".conversation-row");
    }

    [Fact]
    public async Task Search_TitlesAndMessages_StandUnderTheirNames()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("A lighthouse.").Finish());
        await AskAsync("Where to?");
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".conversation-row");
        sidebar.Find("#sidebar-search").Input("lighthouse");
        sidebar.WaitForElement(".search-hit");
        Assert.Empty(sidebar.FindAll(".search-results .list-heading"));

        await CreateAsync("Lighthouses");
        sidebar.Find("#sidebar-search").Input("lighthous");
        sidebar.WaitForAssertion(() => Assert.Equal(["Chats", "Messages"], sidebar.FindAll(".search-results .list-heading").Select(h => h.TextContent)));
    }

    private static void Command(IRenderedComponent<Sidebar> sidebar, string command, Guid id, string? value = null) =>
        sidebar.Find("[data-sidebar-commands]").Change(new SidebarCommand(command, id, value).ToString());

    private static string[] Titles(IRenderedComponent<Sidebar> sidebar) => [.. sidebar.FindAll(".sidebar-list .conversation-title").Select(t => t.TextContent)];

    private static string HeightOf(AngleSharp.Dom.IElement space) => space.GetAttribute("style")!["height: ".Length..];

    private T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    private Task<ConversationSummary> CreateAsync(string title) =>
        App.Services.GetRequiredService<ConversationService>().CreateAsync(Person, title, null, default);

    private async Task<ConversationSummary> CreateInFolderAsync(string title, string folder)
    {
        var conversation = await CreateAsync(title);
        await Get<ConversationEdits>().ChangeAsync(Person, conversation.Id, new() { FolderId = (await Get<Folders>().CreateAsync(Person, folder, default)).Id }, default);
        return conversation;
    }
}
