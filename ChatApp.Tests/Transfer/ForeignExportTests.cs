using System.Text;
using System.Text.Json;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>The exports of ChatGPT and Claude, told by what is in them, with their branches.</summary>
public sealed class ForeignExportTests : IAsyncLifetime
{
    // Root without a message, system, hidden instructions; a question with two answers, one after a tool's steps and thoughts; an edit.
    private const string ChatGpt =
        """
        [{"title":"Trip","create_time":1736209400.5,"update_time":1736209800.25,"current_node":"a2","conversation_id":"c-1","is_archived":true,"default_model_slug":"gpt-4o","mapping":{
          "root":{"id":"root","message":null,"parent":null,"children":["sys"]},
          "sys":{"id":"sys","message":{"author":{"role":"system"},"content":{"content_type":"text","parts":[""]},"metadata":{"is_visually_hidden_from_conversation":true}},"parent":"root","children":["ctx"]},
          "ctx":{"id":"ctx","message":{"author":{"role":"user"},"content":{"content_type":"user_editable_context","user_profile":"Secret profile"}},"parent":"sys","children":["q1","q2"]},
          "q1":{"id":"q1","message":{"author":{"role":"user"},"create_time":1736209412.345,"content":{"content_type":"multimodal_text","parts":[{"content_type":"image_asset_pointer","asset_pointer":"file-service://file-AbC123"},"Where is this?"]},"metadata":{"attachments":[{"id":"file-AbC123","name":"view.png"},{"id":"file-Gone","name":"lost.pdf"}]}},"parent":"ctx","children":["t1","a2"]},
          "t1":{"id":"t1","message":{"author":{"role":"assistant"},"content":{"content_type":"thoughts","thoughts":[{"summary":"Look","content":"I look at it."}]}},"parent":"q1","children":["code"]},
          "code":{"id":"code","message":{"author":{"role":"assistant"},"recipient":"python","content":{"content_type":"code","text":"look()"}},"parent":"t1","children":["out"]},
          "out":{"id":"out","message":{"author":{"role":"tool","name":"python"},"content":{"content_type":"execution_output","text":"ok"}},"parent":"code","children":["a1"]},
          "a1":{"id":"a1","message":{"author":{"role":"assistant"},"create_time":1736209420.0,"recipient":"all","content":{"content_type":"text","parts":["In Rome.\ue200cite\ue202turn0search1\ue201"]},"metadata":{"model_slug":"o3"}},"parent":"out","children":[]},
          "a2":{"id":"a2","message":{"author":{"role":"assistant"},"create_time":1736209430.0,"content":{"content_type":"text","parts":["In Paris."]}},"parent":"q1","children":[]},
          "q2":{"id":"q2","message":{"author":{"role":"user"},"create_time":1736209500.0,"content":{"content_type":"text","parts":["Where was this?"]}},"parent":"ctx","children":[]}
        }}]
        """;

    private const string Claude =
        """
        [{"uuid":"k-1","name":"Poem","created_at":"2026-01-02T03:04:05.678901Z","updated_at":"2026-01-02T04:00:00Z","current_leaf_message_uuid":"m3","chat_messages":[
          {"uuid":"m1","sender":"human","text":"","content":[{"type":"text","text":"Write a poem"}],"created_at":"2026-01-02T03:04:06Z","parent_message_uuid":"00000000-0000-4000-8000-000000000000","attachments":[{"file_name":"","file_type":"txt","extracted_content":"Some pasted text"}],"files":[{"file_name":"photo.jpg"}]},
          {"uuid":"m2","sender":"assistant","text":"","content":[{"type":"thinking","thinking":"Rhymes."},{"type":"tool_use","name":"search","input":{}},{"type":"text","text":"Roses"},{"type":"text","text":"Violets"}],"created_at":"2026-01-02T03:04:07Z","parent_message_uuid":"m1"},
          {"uuid":"m3","sender":"assistant","text":"Tulips","created_at":"2026-01-02T03:04:08Z","parent_message_uuid":"m1"}]},
         {"uuid":"k-2","name":"","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z","chat_messages":[
          {"uuid":"o1","sender":"human","text":"An old one\nwithout parents","created_at":"2025-01-01T00:00:00Z"},
          {"uuid":"o2","sender":"assistant","text":"Yes","created_at":"2025-01-01T00:00:01Z"}]},
         {"uuid":"k-3","name":"Nothing","created_at":"2025-01-01T00:00:00Z","chat_messages":[]}]
        """;

    private TransferHarness _transfer = null!;
    private CurrentUser _ada = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _transfer = await TransferHarness.StartAsync();
        (_ada, _client) = await _transfer.App.CreateCallerAsync();
    }

    public async Task DisposeAsync() => await _transfer.DisposeAsync();

    [Fact]
    public async Task ChatGpt_Zip_BecomesATreeWithItsFile()
    {
        byte[] zip = TransferHarness.Zip(
            ("user.json", "{}"u8.ToArray()), ("message_feedback.json", "[{\"id\":\"x\"}]"u8.ToArray()), ("chat.html", "<html>"u8.ToArray()),
            ("some/where/whatever.json", Encoding.UTF8.GetBytes(ChatGpt)), ("file-AbC123-view.png", TestImages.Png));

        var (status, report) = await TransferHarness.ImportAsync(_client, zip);

        Assert.Equal((200, "chatgpt", 1), (status, report.Text("format"), report.GetProperty("imported").GetInt32()));
        var messages = await MessagesAsync("Trip");
        Assert.Equal(["Where is this?", "In Rome.", "In Paris.", "Where was this?"], messages.Select(m => m.Content));
        Assert.Equal([null, messages[0].Id, messages[0].Id, null], messages.Select(m => m.ParentId));
        Assert.Equal([null, "I look at it.", null, null], messages.Select(m => m.Reasoning));
        Assert.Equal(new DateTime(2025, 1, 7, 0, 23, 32, 345, DateTimeKind.Utc), messages[0].CreatedAt);
        var conversation = await _transfer.QueryAsync(db => db.Conversations.SingleAsync(c => c.OwnerId == _ada.Id));
        Assert.Equal((messages[2].Id, true), (conversation.ActiveLeafId!.Value, conversation.ArchivedAt != null));
        var runs = await _transfer.QueryAsync(db => db.Runs.Where(r => r.OwnerId == _ada.Id).OrderBy(r => r.CreatedAt).ToListAsync());
        Assert.Equal([("chatgpt", "o3", RunStatus.Completed), ("chatgpt", "gpt-4o", RunStatus.Completed)], runs.Select(r => (r.Agent, r.Model, r.Status)));
        var attachments = await _transfer.QueryAsync(db => db.MessageAttachments.Where(a => a.MessageId == messages[0].Id).OrderBy(a => a.Position).ToListAsync());
        Assert.Equal([true, false], attachments.Select(a => a.FileId is not null));
        string[] notes = [.. report.GetProperty("conversations")[0].GetProperty("notes").EnumerateArray().Select(n => n.GetString()!)];
        Assert.Contains(notes, n => n.Contains("2 steps of tools", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.Contains("lost.pdf", StringComparison.Ordinal));
        Assert.DoesNotContain("Secret profile", report.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChatGpt_PictureThatAToolDrew_GoesWithAnAnswer()
    {
        const string drawn =
            """
            [{"conversation_id":"d","title":"Drawn","current_node":"p","mapping":{
             "q":{"message":{"author":{"role":"user"},"content":{"parts":["Draw"]}},"children":["p"]},
             "p":{"message":{"author":{"role":"tool","name":"dalle"},"content":{"content_type":"multimodal_text","parts":[{"content_type":"image_asset_pointer","asset_pointer":"file-service://file-Pic"}]}}}}}]
            """;
        await TransferHarness.ImportAsync(_client, TransferHarness.Zip(("conversations.json", Encoding.UTF8.GetBytes(drawn)), ("file-Pic-1.png", TestImages.Png)));
        var id = await _transfer.QueryAsync(db => db.Conversations.Where(c => c.OwnerId == _ada.Id).Select(c => c.Id).SingleAsync());

        using var shown = JsonDocument.Parse(await _client.GetStringAsync($"/api/conversations/{id}/messages"));

        var answer = shown.RootElement.GetProperty("data")[1];
        Assert.Equal(("assistant", ""), (answer.Text("role"), answer.Text("content")));
        Assert.Equal("image/png", Assert.Single(answer.GetProperty("attachments").EnumerateArray()).Text("media_type"));
    }

    [Fact]
    public async Task ChatGpt_JsonAloneTwice_IsOneConversation()
    {
        await TransferHarness.ImportAsync(_client, ChatGpt);
        var (_, report) = await TransferHarness.ImportAsync(_client, "\uFEFF" + ChatGpt);

        Assert.Equal((0, 1), (report.GetProperty("imported").GetInt32(), report.GetProperty("already_here").GetInt32()));
        Assert.Equal(1, await _transfer.QueryAsync(db => db.Conversations.CountAsync(c => c.OwnerId == _ada.Id)));
    }

    [Fact]
    public async Task Claude_BranchesAndOldChains_AreTaken()
    {
        var (status, report) = await TransferHarness.ImportAsync(_client, Claude);

        Assert.Equal((200, "claude", 2, 1), (status, report.Text("format"), report.GetProperty("imported").GetInt32(), report.GetProperty("refused").GetInt32()));
        var poem = await MessagesAsync("Poem");
        Assert.Equal(["Write a poem", "Roses\n\nViolets", "Tulips"], poem.Select(m => m.Content));
        Assert.Equal([null, poem[0].Id, poem[0].Id], poem.Select(m => m.ParentId));
        Assert.Equal("Rhymes.", poem[1].Reasoning);
        var old = await MessagesAsync("An old one");
        Assert.Equal([null, old[0].Id], old.Select(m => m.ParentId));
        Assert.Equal(["Some pasted text"], await _transfer.QueryAsync(db => db.Files.Where(f => f.OwnerId == _ada.Id).Select(f => Encoding.UTF8.GetString(f.Content)).ToListAsync()));
        string refused = report.GetProperty("conversations").EnumerateArray().Single(c => c.Text("outcome") == "refused").GetProperty("notes")[0].GetString()!;
        Assert.Equal("It has no messages.", refused);
    }

    [Fact]
    public async Task Claude_MessageOfToolStepsOnly_IsNoMessageAndWhatFollowsItStays()
    {
        const string steps =
            """
            [{"uuid":"k","name":"Tools","created_at":"2026-01-01T00:00:00Z","current_leaf_message_uuid":"m4","chat_messages":[
             {"uuid":"m1","sender":"human","text":"Look","created_at":"2026-01-01T00:00:01Z"},
             {"uuid":"m2","sender":"assistant","content":[{"type":"tool_use","name":"search"}],"created_at":"2026-01-01T00:00:02Z","parent_message_uuid":"m1"},
             {"uuid":"m3","sender":"assistant","text":"Found","created_at":"2026-01-01T00:00:03Z","parent_message_uuid":"m2"},
             {"uuid":"m4","sender":"assistant","content":[{"type":"tool_use","name":"search"}],"created_at":"2026-01-01T00:00:04Z","parent_message_uuid":"m3"}]}]
            """;
        var (_, report) = await TransferHarness.ImportAsync(_client, steps);

        var messages = await MessagesAsync("Tools");
        Assert.Equal(["Look", "Found"], messages.Select(m => m.Content));
        Assert.Equal([null, messages[0].Id], messages.Select(m => m.ParentId));
        Assert.Equal(messages[1].Id, await _transfer.QueryAsync(db => db.Conversations.Where(c => c.OwnerId == _ada.Id).Select(c => c.ActiveLeafId).SingleAsync()));
        Assert.Contains("2 steps of tools", report.GetProperty("conversations")[0].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b", "One message was left out: it follows itself.", "")]
    [InlineData("c", "2 messages were left out: they follow one another in a circle.", ""","c":{"message":{"author":{"role":"user"},"content":{"parts":["C"]}},"children":["b"]}""")]
    public async Task ChatGpt_MessagesInACircle_AreLeftOutAndCounted(string child, string note, string more)
    {
        string circle =
            $$$"""
            [{"conversation_id":"o","title":"Circle","mapping":{
             "a":{"message":{"author":{"role":"user"},"content":{"parts":["A"]}},"children":[]},
             "b":{"message":{"author":{"role":"user"},"content":{"parts":["B"]}},"children":["{{{child}}}"]}{{{more}}}}}]
            """;
        var (_, report) = await TransferHarness.ImportAsync(_client, circle);

        Assert.Equal(["A"], (await MessagesAsync("Circle")).Select(m => m.Content));
        Assert.Equal([note], report.GetProperty("conversations")[0].GetProperty("notes").EnumerateArray().Select(n => n.GetString()));
    }

    [Fact]
    public async Task Imported_Conversation_IsFoundAndGoesOn()
    {
        await TransferHarness.ImportAsync(_client, Claude);
        var conversation = await _transfer.QueryAsync(db => db.Conversations.SingleAsync(c => c.OwnerId == _ada.Id && c.Title == "Poem"));

        using var shown = JsonDocument.Parse(await _client.GetStringAsync($"/api/conversations/{conversation.Id}/messages"));

        Assert.Equal(["Write a poem", "Tulips"], shown.RootElement.GetProperty("data").EnumerateArray().Select(m => m.Text("content")));
        Assert.Equal("claude", shown.RootElement.GetProperty("data")[1].Text("agent"));
    }

    private Task<List<Message>> MessagesAsync(string title) => _transfer.QueryAsync(db => db.Messages.AsNoTracking()
        .Where(m => m.Conversation!.OwnerId == _ada.Id && m.Conversation.Title == title).OrderBy(m => m.CreatedAt).ThenBy(m => m.Id).ToListAsync());
}
