using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>Files that are broken, too much, or meant to do harm: refused in a sentence, and nothing is left half.</summary>
public sealed class HostileImportTests : IAsyncLifetime
{
    private TransferHarness _transfer = null!;
    private CurrentUser _ada = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _transfer = await TransferHarness.StartAsync(
            ("Transfer:MaxConversationBytes", "100000"), ("Transfer:MaxMessages", "50"), ("Transfer:MaxEntries", "200"), ("Transfer:MaxUnpackedBytes", "8000000"));
        (_ada, _client) = await _transfer.App.CreateCallerAsync();
    }

    public async Task DisposeAsync() => await _transfer.DisposeAsync();

    public static TheoryData<string, byte[], int> Refused => new()
    {
        { "empty", [], 400 },
        { "a text", "Hello"u8.ToArray(), 400 },
        { "other JSON", "{\"a\":1}"u8.ToArray(), 400 },
        { "an empty list", "[]"u8.ToArray(), 400 },
        { "half a list", "[{\"mapping\":{"u8.ToArray(), 400 },
        { "the head of a zip file", "PK\u0003\u0004nothing"u8.ToArray(), 400 },
        { "an empty zip file", TransferHarness.Zip(), 400 },
        { "nothing of use", TransferHarness.Zip(("a.txt", "x"u8.ToArray()), ("b.json", "{"u8.ToArray())), 400 },
        { "a bomb by ratio", TransferHarness.Zip(("conversations.json", Encoding.UTF8.GetBytes("[" + new string(' ', 4_000_000) + "]"))), 413 },
        { "a bomb by number", TransferHarness.Zip([.. Enumerable.Range(0, 201).Select(i => ($"{i}", new byte[] { 1 }))]), 413 },
        { "a deep value", Encoding.UTF8.GetBytes("[" + string.Concat(Enumerable.Repeat("{\"mapping\":", 5000)) + "1" + new string('}', 5000) + "]"), 400 },
        { "one large conversation", Encoding.UTF8.GetBytes("[{\"chat_messages\":[{\"sender\":\"human\",\"text\":\"" + new string('x', 200_000) + "\"}]}]"), 400 },
        { "a newer archive", TransferHarness.Zip(("manifest.json", """{"format":"chatapp-archive","version":2}"""u8.ToArray())), 400 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task File_ThatIsNoExport_IsRefusedInASentence(string what, byte[] file, int status)
    {
        var answer = await TransferHarness.ImportAsync(_client, file);

        Assert.True(answer.Status == status, $"{what}: {answer.Status} {answer.Body}");
        Assert.EndsWith(".", answer.Body.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(0, await _transfer.QueryAsync(db => db.Conversations.CountAsync()));
    }

    [Theory]
    [InlineData("""{"id":"a","parent":"b"},{"id":"b","parent":"a"}""", "circle")]
    [InlineData("""{"id":"a","parent":"gone"}""", "not there")]
    [InlineData("""{"id":"a"},{"id":"a"}""", "same id")]
    [InlineData("""{"id":"a","role":"root"}""", "can't be read")]
    [InlineData("""{"id":"a","role":1}""", "can't be read")]
    [InlineData("""{"id":"a","content":"\ud800"}""", "can't be read")]
    [InlineData("""{"id":"a","created_at":"soon"}""", "can't be read")]
    [InlineData("null", "can't be read")]
    [InlineData("""{"id":null}""", "can't be read")]
    [InlineData("""{"id":"a","content":null}""", "can't be read")]
    [InlineData("""{"id":"a","attachments":[null]}""", "can't be read")]
    [InlineData("""{"id":"a","attachments":[{"file":{"name":null}}]}""", "can't be read")]
    [InlineData("""{"id":"a","attachments":[{"file":{}}]}""", "can't be read")]
    [InlineData("""{"id":"a","role":"assistant","run":{"agent":null}}""", "can't be read")]
    public async Task Conversation_ThatIsNoTree_IsRefusedAndTheOthersAreTaken(string messages, string reason)
    {
        string file = $$"""
            [{"format":"chatapp-conversation","version":1,"id":"1","title":"Bad","messages":[{{messages}}]},
             {"format":"chatapp-conversation","version":1,"id":"2","title":"Good","messages":[{"id":"a","role":"user","content":"Hi"}]}]
            """;

        var (status, report) = await TransferHarness.ImportAsync(_client, file);

        Assert.Equal((200, 1, 1), (status, report.GetProperty("imported").GetInt32(), report.GetProperty("refused").GetInt32()));
        Assert.Contains(reason, report.GetProperty("conversations")[0].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["Good"], await _transfer.QueryAsync(db => db.Conversations.Select(c => c.Title).ToListAsync()));
        Assert.Equal(1, await _transfer.QueryAsync(db => db.Messages.CountAsync()));
    }

    [Fact]
    public async Task Conversation_WithTooManyMessages_IsRefused()
    {
        string messages = string.Join(',', Enumerable.Range(0, 51).Select(i => $$"""{"sender":"human","text":"{{i}}"}"""));

        var (_, report) = await TransferHarness.ImportAsync(_client, $$"""[{"uuid":"1","chat_messages":[{{messages}}]}]""");

        Assert.Equal(1, report.GetProperty("refused").GetInt32());
        Assert.Equal(0, await _transfer.QueryAsync(db => db.Messages.CountAsync()));
    }

    [Fact]
    public async Task File_ThatBreaksOff_KeepsWhatCameBeforeAndSaysSo()
    {
        const string whole = """{"uuid":"1","name":"First","chat_messages":[{"sender":"human","text":"Hi"}]}""";
        string file = $"[{whole},{new string(' ', 40_000)}{{\"uuid\":\"2\",\"chat_mess";

        var (status, report) = await TransferHarness.ImportAsync(_client, file);

        Assert.Equal((200, 1), (status, report.GetProperty("imported").GetInt32()));
        Assert.Contains("breaks off", report.Text("problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_ThatWouldDoHarm_AreMadeHarmless()
    {
        const string file =
            """
            {"format":"chatapp-conversation","version":1,"id":"1","title":"  \u0000  ","titled_by":"person","source":"ask","external_id":"123","owner_id":"x",
             "created_at":"9999-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z","agent":"nobody","layer":"root","tags":["#A","a",""],
             "messages":[{"id":"a","role":"user","status":"streaming","content":"\u0000x","metadata":[1],"attachments":[{"url":"javascript:alert(1)"},{"url":"https://127.0.0.1/a.png"},{"file":{"name":"../../etc/passwd","sha256":"../manifest.json"}}]}]}
            """;

        var (status, report) = await TransferHarness.ImportAsync(_client, file);

        Assert.Equal((200, 1), (status, report.GetProperty("imported").GetInt32()));
        var conversation = await _transfer.QueryAsync(db => db.Conversations.SingleAsync());
        var message = await _transfer.QueryAsync(db => db.Messages.SingleAsync());
        Assert.Equal((_ada.Id, null, null, null, null), (conversation.OwnerId, conversation.Source, conversation.ExternalId, conversation.Layer, conversation.AgentId));
        Assert.InRange(conversation.CreatedAt, DateTime.UnixEpoch, TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.Equal(("Interrupted", "\uFFFDx", null), (message.Status.ToString(), message.Content, message.Metadata));
        Assert.All(await _transfer.QueryAsync(db => db.MessageAttachments.ToListAsync()), a => Assert.Null(a.Url ?? a.FileId?.ToString()));
        Assert.Equal(["a"], await _transfer.QueryAsync(db => db.ConversationTags.Select(t => t.Name).ToListAsync()));
    }

    [Theory]
    [InlineData("intimate", "public")]
    [InlineData("friends", "public")]
    [InlineData("public", "public")]
    [InlineData(null, null)]
    public async Task Layer_OfAFile_BringsNobodyCloserToAnAgent(string? layer, string? expected)
    {
        string file = $$"""
            {"format":"chatapp-conversation","version":1,"id":"1","title":"T","source":"persona","layer":{{JsonSerializer.Serialize(layer)}},"messages":[{"id":"a","role":"user","content":"Hi"}]}
            """;

        await TransferHarness.ImportAsync(_client, file);

        Assert.Equal(expected, await _transfer.QueryAsync(db => db.Conversations.Select(c => c.Layer).SingleAsync()));
    }

    [Fact]
    public async Task Prompts_ThatThePageWouldRefuse_AreLeftOut()
    {
        static object Prompt(string? command, string? text) => new { command, name = "N", text, updated_at = "2026-01-01T00:00:00Z" };
        byte[] prompts = JsonSerializer.SerializeToUtf8Bytes(new[]
        {
            Prompt(new string('a', 63), new string('x', 20_000)), Prompt(new string('b', 64), "x"), Prompt("c_d", "x"), Prompt("Upper", "x"), Prompt("long", new string('x', 20_001)),
            Prompt("blank", " "),
        });

        var (_, report) = await TransferHarness.ImportAsync(_client, TransferHarness.Zip(
            ("manifest.json", """{"format":"chatapp-archive","version":1}"""u8.ToArray()), ("prompts.json", prompts),
            ("conversations/a.json", """{"format":"chatapp-conversation","version":1,"id":"1","title":"T","messages":[{"id":"a","role":"user","content":"Hi"}]}"""u8.ToArray())));

        Assert.Equal(1, report.GetProperty("prompts").GetInt32());
        Assert.Equal([new string('a', 63)], await _transfer.QueryAsync(db => db.Prompts.Select(p => p.Command).ToListAsync()));
    }

    [Fact]
    public async Task Body_ThatCurlCallsAForm_IsTheFile()
    {
        using var body = new StringContent("""[{"uuid":"1","chat_messages":[{"sender":"human","text":"Hi"}]}]""", Encoding.UTF8, "application/x-www-form-urlencoded");

        using var answer = await _client.PostAsync("/api/import", body);

        Assert.Equal(1, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("imported").GetInt32());
    }

    [Fact]
    public async Task Form_WithAFile_IsTakenLikeABody()
    {
        using var form = new MultipartFormDataContent { { new StringContent("""[{"uuid":"1","chat_messages":[{"sender":"human","text":"Hi"}]}]"""), "file", "../x.json" } };

        using var answer = await _client.PostAsync("/api/import", form);

        Assert.Equal(1, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("imported").GetInt32());
    }
}
