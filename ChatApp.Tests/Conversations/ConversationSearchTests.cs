using ChatApp.Conversations;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Conversations;

public sealed class ConversationSearchTests(LibraryApp app) : LibraryTest(app)
{
    [Fact]
    public async Task Find_Words_InOwnMessagesOnEveryBranch_MarkedAndWithTheirPlace()
    {
        var conversation = await CreateAsync("Trip");
        var root = await SayAsync(conversation.Id, "Where shall we go in summer?");
        var other = await SayAsync(conversation.Id, "To the **Café** at the <b>Lighthouse</b>.", root, MessageRole.Assistant);
        await SayAsync(conversation.Id, "To the mountains.", root, MessageRole.Assistant);
        await SayAsync((await CreateAsync(owner: Bob)).Id, "A lighthouse of Bob's");

        var hit = Assert.Single(await FindAsync("lighthouse CAFE"));

        Assert.Equal((conversation.Id, "Trip", other, MessageRole.Assistant, false), (hit.ConversationId, hit.Title, hit.MessageId, hit.Role, hit.IsArchived));
        Assert.Equal("To the [Café] at the <b>[Lighthouse]</b>.", Marked(hit));
    }

    [Fact]
    public async Task Find_Title_ComesFirst_WhateverItsCaseAndAccents()
    {
        var titled = await CreateAsync("Große Übersicht der Cafés");
        var other = await CreateAsync("Other");
        await SayAsync(other.Id, "ubersicht");
        await Get<ConversationEdits>().ChangeAsync(Ada, titled.Id, new() { Archived = true }, default);

        var hits = await FindAsync("ÜBERS cafe");
        Assert.Equal("Große [Übers]icht der [Café]s", Marked(Assert.Single(hits)));
        Assert.True(hits[0].IsArchived);

        Assert.Equal([titled.Id, other.Id], (await FindAsync("übersicht")).Select(h => h.ConversationId));
    }

    [Fact]
    public async Task Find_LastWordIsABeginning_TheOthersAreWhole()
    {
        await SayAsync((await CreateAsync("x")).Id, "streaming markdown");
        Assert.Single(await FindAsync("streaming mark"));
        Assert.Empty(await FindAsync("stream markdown"));
    }

    [Fact]
    public async Task Find_SeveralOfOneConversation_GivesTheBestThree_AndNewOnesBeforeOldOnes()
    {
        var old = await CreateAsync("x");
        await SayAsync(old.Id, "needle in a stack");
        Time.Advance(TimeSpan.FromDays(300));
        var recent = await CreateAsync("y");
        for (int i = 0; i < 5; i++)
            await SayAsync(recent.Id, "needle in a stack");

        var hits = await FindAsync("needle");

        Assert.Equal([recent.Id, recent.Id, recent.Id, old.Id], hits.Select(h => h.ConversationId));
        Assert.Equal(2, (await Get<ConversationSearch>().FindAsync(Ada, "needle", 2, default)).Count);
    }

    [Theory]
    [InlineData("# The needle\n\n- [x] **bold** and *slanted*", "The [needle] bold and slanted")]
    [InlineData("a `needle`\n```csharp\nint a_b = 2 * 3;\n```\n", "a [needle] int a_b = 2 * 3;")]
    [InlineData("| needle | b |\n|---|--:|\n| 1 | 2 |", "[needle] b 1 2")]
    [InlineData("see [the needle](https://example.com/a) and ![it](b.png)[^1]", "see the [needle] and it")]
    [InlineData("see [it](https://example.com/needle)", "see it https://example.com/[needle]")]
    [InlineData("needle one two three four five six seven eight nine ten eleven twelve [the docs](https://example.com/very/long/address) and more and so on",
        "[needle] one two three four five six seven eight nine ten eleven twelve the docs")]
    [InlineData("Before it many words stand which nobody has looked for: **a needle** in_a_stack", "…nobody has looked for: a [needle] in_a_stack")]
    public async Task Find_Markdown_ExcerptIsPlainAndBeginsNearTheMatch(string text, string expected)
    {
        await SayAsync((await CreateAsync("x")).Id, text);
        Assert.Equal(expected, Marked(Assert.Single(await FindAsync("needle"))));
    }

    [Theory]
    [InlineData('_')]
    [InlineData('-')]
    [InlineData('[')]
    [InlineData(' ')]
    public async Task Find_ManySignsBetweenWords_ExcerptIsShortAndSoonMade(char sign)
    {
        await SayAsync((await CreateAsync("x")).Id, $"a{new string(sign, 300_000)}x needle{new string(sign, 300_000)}b");
        Assert.InRange(Marked(Assert.Single(await FindAsync("needle"))).Length, "[needle]".Length, 1400);
    }

    [Fact]
    public async Task Find_QuestionThatTheTitleSays_IsNotThereTwice()
    {
        var conversation = await CreateAsync("Where is the needle?");
        var question = await SayAsync(conversation.Id, "Where is the needle?");
        var answer = await SayAsync(conversation.Id, "The needle is in the stack.", question, MessageRole.Assistant);
        var other = await SayAsync((await CreateAsync("x")).Id, "Where is the needle?");
        var hits = await FindAsync("needle");
        Assert.Null(hits[0].MessageId);
        Assert.Equal(new HashSet<Guid?> { null, answer, other }, hits.Select(h => h.MessageId).ToHashSet());
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\"")]
    [InlineData("'; DROP TABLE messages; --")]
    [InlineData("AND OR NOT NEAR")]
    [InlineData("NEAR(a b, 5)")]
    [InlineData("content: a")]
    [InlineData("a* ^b + - ( ) { } \" ''")]
    [InlineData("*")]
    [InlineData("\0")]
    [InlineData("\uD800 a \uDC00")]
    [InlineData("🙂 é ﷺ 日本語 ́")]
    [InlineData("²½")]
    public async Task Find_AnyInput_NeverFails(string query)
    {
        await SayAsync((await CreateAsync()).Id, "a b c");
        Assert.NotNull(await FindAsync(query));
        Assert.NotNull(await FindAsync(string.Concat(Enumerable.Repeat(query + " ", 300))));
    }

    [Fact]
    public async Task Find_WhatIsTemporary_IsNotFound()
    {
        var conversation = await CreateAsync("needle");
        await SayAsync(conversation.Id, "needle");
        await QueryAsync(db => db.Conversations.ExecuteUpdateAsync(set => set.SetProperty(c => c.IsTemporary, true)));
        Assert.Empty(await FindAsync("needle"));
    }

    [Fact]
    public async Task Index_OfATemporaryChat_IsNeverWritten()
    {
        var conversation = await CreateAsync();
        await QueryAsync(db => db.Conversations.Where(c => c.Id == conversation.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.IsTemporary, true)));
        var id = await SayAsync(conversation.Id, "whisperedsecret");
        await SetAsync(id, "whisperedsecret and more");
        string stored = id.ToString().ToUpperInvariant();
        Assert.Equal(0, await QueryAsync(db => db.Database.SqlQuery<int>($"SELECT count(*) AS Value FROM message_search_rows WHERE message_id = {stored}").SingleAsync()));
        Assert.Equal(0, await QueryAsync(db => db.Database.SqlQuery<int>($"SELECT count(*) AS Value FROM message_search WHERE message_search MATCH 'whisperedsecret'").SingleAsync()));
    }

    [Fact]
    public async Task Find_SingleLetter_IsAWordAndNoBeginning()
    {
        var conversation = await CreateAsync("x");
        var first = await SayAsync(conversation.Id, "plan b");
        await SayAsync(conversation.Id, "plan banana", first);
        Assert.Equal(first, Assert.Single(await FindAsync("plan b")).MessageId);
        Assert.Single(await FindAsync("plan ba"));
        await SayAsync(conversation.Id, "日本語");
        Assert.Single(await FindAsync("日"));
    }

    [Fact]
    public async Task Find_OwnersId_IsNoWordOfTheText()
    {
        await SayAsync((await CreateAsync("x")).Id, "hello");
        Assert.Empty(await FindAsync(Ada.Id.ToString("n")));
        Assert.Empty(await FindAsync("🙂"));
    }

    [Fact]
    public async Task Index_FollowsTheMessages()
    {
        var conversation = await CreateAsync("x");
        var id = await SayAsync(conversation.Id, "");
        Assert.Empty(await FindAsync("answer"));
        await SetAsync(id, "the whole answer");
        Assert.Single(await FindAsync("answer"));
        await SetAsync(id, "something else");
        Assert.Empty(await FindAsync("answer"));
        Assert.Single(await FindAsync("something"));
        await SetAsync(id, "");
        Assert.Empty(await FindAsync("something"));
        await SetAsync(id, "again");
        Assert.Single(await FindAsync("again"));
        await SayAsync(conversation.Id, "below", id);
        await QueryAsync(db => db.Messages.Where(m => m.Content == "below").ExecuteDeleteAsync());
        Assert.Empty(await FindAsync("below"));

        // By the cascade of the foreign key.
        await Get<ConversationEdits>().DeleteAsync(Ada, conversation.Id, default);
        Assert.Empty(await FindAsync("again"));
        Assert.Equal(0, await QueryAsync(db => db.Database.SqlQuery<int>($"SELECT count(*) AS Value FROM message_search_rows WHERE message_id NOT IN (SELECT id FROM messages)").SingleAsync()));
        await QueryAsync(db => db.Database.ExecuteSqlAsync($"INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"));
    }

    [Fact]
    public async Task Index_TakesInOnlyWhatASearchNeeds_AndTheRestLater()
    {
        while (await Get<SearchIndex>().IndexNextAsync(null, default))
        {
            // What other tests have left.
        }
        var conversation = await CreateAsync("x");
        var changed = await SayAsync(conversation.Id, "needle one");
        await SayAsync(conversation.Id, "needle two");
        // One that is a batch by itself.
        await SayAsync((await CreateAsync(owner: Bob)).Id, string.Concat(Enumerable.Repeat("needle ", 6_000)));
        await SayAsync((await CreateAsync(owner: Bob)).Id, "needle of Bob's");
        Assert.Equal(4, await CountWaitingAsync());

        Assert.Equal(2, (await FindAsync("needle")).Count);
        Assert.Equal(2, await CountWaitingAsync());
        // Changed and deleted, both while they are in the index and while they wait.
        await SetAsync(changed, "thread one");
        await SetAsync(changed, "thread three");
        await QueryAsync(db => db.Messages.Where(m => m.Content == "needle of Bob's").ExecuteDeleteAsync());
        Assert.Equal(2, await CountWaitingAsync());

        int batches = 0;
        while (await Get<SearchIndex>().IndexNextAsync(null, default))
            batches++;
        Assert.Equal((2, 0), (batches, await CountWaitingAsync()));
        Assert.Single(await FindAsync("needle"));
        Assert.Single(await FindAsync("three"));
        Assert.Single(await Get<ConversationSearch>().FindAsync(Bob, "needle", 20, default));
        await QueryAsync(db => db.Database.ExecuteSqlAsync($"INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"));
    }

    [Fact]
    public async Task ShowMessage_OnAnotherBranch_ShowsTheNewestLeafBelowIt()
    {
        var conversation = await CreateAsync();
        var root = await SayAsync(conversation.Id, "Question");
        var first = await SayAsync(conversation.Id, "First answer", root, MessageRole.Assistant);
        var below = await SayAsync(conversation.Id, "More", first);
        Time.Advance(TimeSpan.FromSeconds(1));
        var newest = await SayAsync(conversation.Id, "Other more", first);
        var second = await SayAsync(conversation.Id, "Second answer", root, MessageRole.Assistant);
        var tree = Get<MessageTree>();

        Assert.True(await tree.ShowAsync(Ada, conversation.Id, root, default));
        Assert.Equal(second, await LeafAsync(conversation.Id));
        Assert.True(await tree.ShowAsync(Ada, conversation.Id, first, default));
        Assert.Equal(newest, await LeafAsync(conversation.Id));
        Assert.True(await tree.ShowAsync(Ada, conversation.Id, below, default));
        Assert.Equal(below, await LeafAsync(conversation.Id));
        Assert.False(await tree.ShowAsync(Bob, conversation.Id, root, default));
        Assert.False(await tree.ShowAsync(Ada, conversation.Id, Guid.NewGuid(), default));
        Assert.False(await tree.ShowAsync(Ada, (await CreateAsync()).Id, root, default));
        Assert.Equal(below, await LeafAsync(conversation.Id));
    }

    private Task<int> CountWaitingAsync() =>
        QueryAsync(db => db.Database.SqlQuery<int>($"SELECT count(*) AS Value FROM message_search_rows WHERE NOT is_indexed").SingleAsync());

    private Task<IReadOnlyList<SearchHit>> FindAsync(string query) => Get<ConversationSearch>().FindAsync(Ada, query, 20, default);

    private static string Marked(SearchHit hit) => string.Concat(hit.Excerpt.Select(p => p.IsMatch ? $"[{p.Text}]" : p.Text));

    private Task<int> SetAsync(Guid message, string content) =>
        QueryAsync(db => db.Messages.Where(m => m.Id == message).ExecuteUpdateAsync(set => set.SetProperty(m => m.Content, content)));

    private async Task<Guid?> LeafAsync(Guid conversation) => (await Conversations.FindAsync(Ada, conversation, default))!.ActiveLeafId;
}
