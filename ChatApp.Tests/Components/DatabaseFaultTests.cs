using System.Data.Common;
using Bunit;
using ChatApp.Components.Chat;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using ChatApp.Data.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>What a page does when the database takes nothing, or answers with a fault of ours.</summary>
public sealed class DatabaseFaultTests : PageTest
{
    private readonly FaultyDatabase _database = new();

    private protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.ConfigureDbContext<SqliteChatDbContext>(o => o.AddInterceptors(_database));

    [Fact]
    public async Task Command_DatabaseBusy_SaysSoAndWorksLater()
    {
        await StartAsync();
        var conversation = await App.Services.GetRequiredService<ConversationService>().CreateAsync(Person, "Old", null, default);
        var sidebar = Render<Sidebar>();
        sidebar.WaitForElement(".conversation-row");

        _database.Fail("UPDATE \"conversations\"", new SqliteException("database is locked", 5));
        Command(sidebar, conversation.Id);
        Assert.Contains("can't do this just now", sidebar.WaitForElement(".toast").TextContent, StringComparison.Ordinal);
        Assert.Equal("Old", sidebar.Find(".conversation-title").TextContent);

        _database.Mend();
        Command(sidebar, conversation.Id);
        sidebar.WaitForAssertion(() => Assert.Equal("New", sidebar.Find(".conversation-title").TextContent));
        Assert.Empty(sidebar.FindAll(".toast"));
    }

    [Fact]
    public async Task Layout_SidebarFails_PageStaysAndTheSidebarCanBeTriedAgain()
    {
        await StartAsync();
        _database.Fail("FROM \"folders\"", new InvalidOperationException("A fault of ours."));
        var layout = Render<MainLayout>(p => p.Add(l => l.Body, "<p id=\"body\">Still here</p>"));
        Assert.Contains("went wrong", layout.WaitForElement("#sidebar [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Still here", layout.Find("#main #body").TextContent);

        _database.Mend();
        await layout.Find("#sidebar button").ClickAsync();
        layout.WaitForElement("#sidebar .account-name");
        Assert.Equal("Still here", layout.Find("#main #body").TextContent);
    }

    [Fact]
    public async Task Send_DraftCannotBeDeleted_IsTakenAllTheSame()
    {
        await StartAsync();
        var conversation = Guid.NewGuid();
        var composer = Render<Composer>(p => p.Add(c => c.Send, _ => Task.FromResult<Guid?>(conversation)).Add(c => c.MaxChars, 1000)
            .Add(c => c.Library, App.Services.GetRequiredService<ComposerLibrary>()).Add(c => c.Caller, Person));
        _database.Fail("DELETE FROM \"drafts\"", new SqliteException("database is locked", 5));

        string? key = await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText("Hello"), "id-1", "new", null));

        Assert.True(_database.HasFailed);
        Assert.Equal(conversation.ToString(), key);
    }

    [Fact]
    public async Task Refresh_DatabaseBusy_SaysSoAndShowsWhatCameAsSoonAsItCan()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var run = await AskAsync("Hi");
        var page = Render<ChatPage>(p => p.Add(c => c.ConversationId, run.ConversationId));
        page.WaitForElement(".message-assistant");

        _database.Fail("FROM \"conversations\"", new SqliteException("database is locked", 5));
        App.Services.GetRequiredService<ConversationFeed>().Publish(Person.Id, run.ConversationId, ConversationChange.Updated);
        Assert.Contains("can't do this just now", page.WaitForElement(".composer-problem[role=alert]:not([hidden])").TextContent, StringComparison.Ordinal);
        Assert.Equal("Hello.", page.Find(".prose").TextContent.Trim());

        _database.Mend();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".composer-problem:not([hidden])")));
    }

    [Fact]
    public async Task Send_ShowingFails_IsNotSaidToBeUnsent()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Hello.").Finish());
        var page = Render<ChatPage>();
        var composer = page.FindComponent<Composer>();
        page.WaitForAssertion(() => Assert.NotEmpty(composer.Instance.Agents));
        _database.Fail("path.depth < ", new SqliteException("database is locked", 5));

        Assert.NotNull(await composer.InvokeAsync(() => composer.Instance.SendAsync(new BrowserText("Hi"), "id-1", "new", agent: null)));

        Assert.True(_database.HasFailed);
        Assert.Contains("can't do this just now", page.WaitForElement(".composer-problem[role=alert]:not([hidden])").TextContent, StringComparison.Ordinal);
        _database.Mend();
        page.WaitForAssertion(() => Assert.Equal("Hello.", page.Find(".prose").TextContent.Trim()));
    }

    private static void Command(IRenderedComponent<Sidebar> sidebar, Guid id) =>
        sidebar.Find("[data-sidebar-commands]").Change(new SidebarCommand("rename", id, "New").ToString());

    /// <summary>Refuses one kind of statement.</summary>
    private sealed class FaultyDatabase : DbCommandInterceptor
    {
        private volatile Tuple<string, Exception>? _fault;

        public bool HasFailed { get; private set; }

        public void Fail(string statement, Exception fault) => _fault = new(statement, fault);

        public void Mend() => _fault = null;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) => Checked(command, result);

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) => Checked(command, result);

        private ValueTask<T> Checked<T>(DbCommand command, T result)
        {
            if (_fault is not var (statement, fault) || !command.CommandText.Contains(statement, StringComparison.Ordinal))
                return ValueTask.FromResult(result);
            HasFailed = true;
            throw fault;
        }
    }
}
