using AngleSharp.Dom;
using Bunit;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The dialogs that the menus of conversations open.</summary>
public sealed class DialogTests : PageTest
{
    [Fact]
    public async Task Folder_Named_IsThere_AndATakenNameIsRefused()
    {
        await StartAsync();
        var dialog = Render<FolderDialog>(p => p.Add(d => d.Caller, Person));
        dialog.Find("input").Change("Work");
        await dialog.Find("form").SubmitAsync();
        Assert.Equal(["Work"], (await Get<Folders>().ListAsync(Person, default)).Select(f => f.Name));
        Assert.Empty(dialog.FindAll("[role=alert]"));

        var again = Render<FolderDialog>(p => p.Add(d => d.Caller, Person));
        Assert.Empty(again.FindAll("[role=alert]"));
        again.Find("input").Change("Work");
        await again.Find("form").SubmitAsync();
        Assert.Equal("There is a folder of that name already.", again.WaitForElement("[role=alert]").TextContent);
    }

    [Fact]
    public async Task Tags_AddedRemovedAndRefused()
    {
        await StartAsync();
        var conversation = await CreateAsync("Trip");
        var dialog = Render<TagsDialog>(p => p.Add(d => d.Conversation, conversation).Add(d => d.Caller, Person));
        Assert.Empty(dialog.FindAll(".tag-list"));

        dialog.Find(".dialog-row input").Change("#Rome");
        await dialog.Find("form").SubmitAsync();
        dialog.WaitForAssertion(() => Assert.Equal("#rome", dialog.Find(".tag-list li").TextContent.Trim()));
        Assert.Equal("", dialog.Find(".dialog-row input").GetAttribute("value"));
        dialog.Find(".dialog-row input").Change(new string('x', 60));
        await dialog.Find("form").SubmitAsync();
        Assert.Contains("at most", dialog.WaitForElement("[role=alert]").TextContent, StringComparison.Ordinal);
        dialog.Find("[aria-label='Remove rome']").Click();
        dialog.WaitForAssertion(() => Assert.Empty(dialog.FindAll(".tag-list li, [role=alert]")));
        Assert.Null((await Get<ConversationService>().FindAsync(Person, conversation.Id, default))!.Tags);
    }

    [Fact]
    public async Task Tags_KnownFromOtherConversations_AreOffered()
    {
        await StartAsync();
        var other = await CreateAsync("Other");
        await Get<ConversationEdits>().ChangeAsync(Person, other.Id, new() { Tags = ["rome", "work"] }, default);
        var conversation = (await CreateAsync("Trip")) with { Tags = ["rome"] };
        var dialog = Render<TagsDialog>(p => p.Add(d => d.Conversation, conversation).Add(d => d.Caller, Person));
        dialog.WaitForAssertion(() => Assert.Equal(["work"], dialog.FindAll("datalist option").Select(o => o.GetAttribute("value")!)));
    }

    [Fact]
    public async Task Share_NothingToShare_SaysSo()
    {
        await StartAsync();
        var dialog = RenderShare(await CreateAsync("Empty"));
        Assert.Empty(dialog.FindAll(".share-link, [role=alert]"));
        dialog.Find(".button-primary").Click();
        Assert.Equal("There is nothing to share yet.", dialog.WaitForElement("[role=alert]").TextContent);
    }

    [Fact]
    public async Task Share_LinkMadeAndRevoked()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Because.").Finish());
        var run = await AskAsync("Why?");
        var dialog = RenderShare((await Get<ConversationService>().FindAsync(Person, run.ConversationId, default))!);
        dialog.Find(".button-primary").Click();
        string link = dialog.WaitForElement(".share-link code").TextContent;
        Assert.StartsWith("http://localhost/share/", link, StringComparison.Ordinal);
        Assert.NotNull(await Get<Sharing>().FindAsync(link.Split('/')[^1], default));
        dialog.Find(".share-link .button-quiet").Click();
        dialog.WaitForAssertion(() => Assert.Empty(dialog.FindAll(".share-link")));
        Assert.Null(await Get<Sharing>().FindAsync(link.Split('/')[^1], default));
    }

    [Fact]
    public async Task Row_Tags_AreShownShortly()
    {
        await StartAsync();
        var conversation = await CreateAsync("Trip");
        Assert.Empty(Render<ConversationRow>(p => p.Add(r => r.Conversation, conversation)).FindAll(".row-tags"));
        var row = Render<ConversationRow>(p => p.Add(r => r.Conversation, conversation with { Tags = ["rome"] }));
        Assert.Equal("#rome", row.Find(".row-tags").TextContent);
        row = Render<ConversationRow>(p => p.Add(r => r.Conversation, conversation with { Tags = ["rome", "travel", "work"] }));
        Assert.Equal("#rome +2", row.Find(".row-tags").TextContent);
    }

    private IRenderedComponent<ShareDialog> RenderShare(ConversationSummary conversation) =>
        Render<ShareDialog>(p => p.Add(d => d.ConversationId, conversation.Id).Add(d => d.Caller, Person));

    private T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    private Task<ConversationSummary> CreateAsync(string title) => Get<ConversationService>().CreateAsync(Person, title, null, default);
}
