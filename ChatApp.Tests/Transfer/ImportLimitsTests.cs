using System.Text;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Transfer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>What a small file may make of the server's memory, disk and time.</summary>
public sealed class ImportLimitsTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private TransferHarness _transfer = null!;
    private CurrentUser _ada = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _transfer = await TransferHarness.StartAsync(
            ("Transfer:MaxRefused", "5"), ("Transfer:MaxConversations", "8"), ("Transfer:MaxAttachments", "40"), ("Transfer:MaxConversationTokens", "5000"),
            ("Transfer:MaxUnpackedBytes", "3000000"), ("Transfer:MaxMessageChars", "2500000"));
        (_ada, _client) = await _transfer.App.CreateCallerAsync();
    }

    public async Task DisposeAsync() => await _transfer.DisposeAsync();

    [Fact]
    public async Task Values_ThatAreNoConversations_EndTheReading()
    {
        var (status, report) = await TransferHarness.ImportAsync(_client, "[{\"mapping\":1}" + string.Concat(Enumerable.Repeat(",0", 1000)) + "]");

        Assert.Equal((200, 5), (status, report.GetProperty("refused").GetInt32()));
        Assert.Equal(5, report.GetProperty("conversations").GetArrayLength());
        Assert.Contains("than an export has", report.Text("problem"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversations_MoreThanAnybodyHas_EndTheReading()
    {
        string same = """{"uuid":"1","chat_messages":[{"sender":"human","text":"Hi"}]}""";

        var (_, report) = await TransferHarness.ImportAsync(_client, $"[{string.Join(',', Enumerable.Repeat(same, 100))}]");

        Assert.Equal((1, 7), (report.GetProperty("imported").GetInt32(), report.GetProperty("already_here").GetInt32()));
        Assert.Contains("than an export has", report.Text("problem"), StringComparison.Ordinal);
    }

    [Fact]
    public void Tally_OfVeryMany_ListsSomeOfEachKind()
    {
        var tally = new ImportTally(new TransferLimits());
        for (int i = 0; i < 3000; i++)
            tally.Add(new ImportedConversation(null, "x", i < 1500 ? ImportOutcome.Imported : ImportOutcome.Refused, 0, []));

        var report = tally.ToReport(0, null);

        Assert.Equal((1500, 1500, 2000), (report.Imported, report.Refused, report.Conversations.Count));
    }

    [Theory]
    [InlineData(41, "41 files and addresses")]
    [InlineData(40, null)]
    public async Task Attachments_OfAllMessages_AreCounted(int count, string? refused)
    {
        string attachments = string.Join(',', Enumerable.Range(0, count - 1).Select(i => $$$"""{"file":{"name":"{{{i}}}"}}"""));
        string file = $$"""
            {"format":"chatapp-conversation","id":"1","title":"T","messages":[
             {"id":"a","role":"user","content":"Hi","attachments":[{{attachments}}]},{"id":"b","parent":"a","role":"user","content":"Hi","attachments":[{}]}]}
            """;

        var (_, report) = await TransferHarness.ImportAsync(_client, file);

        string[] notes = [.. report.GetProperty("conversations")[0].GetProperty("notes").EnumerateArray().Select(n => n.GetString()!)];
        Assert.Equal(refused is null ? 1 : 0, report.GetProperty("imported").GetInt32());
        Assert.Contains(refused ?? "And 19 more things were left out.", notes[^1], StringComparison.Ordinal);
        Assert.True(notes.Length <= 21);
    }

    [Fact]
    public async Task Message_LongerThanAnAnswerCanBe_IsRefused()
    {
        var (_, report) = await TransferHarness.ImportAsync(_client, $$"""[{"uuid":"1","chat_messages":[{"sender":"human","text":"{{new string('x', 2_500_001)}}"}]}]""");

        Assert.Equal(1, report.GetProperty("refused").GetInt32());
        Assert.Contains("2,500,001 characters", report.GetProperty("conversations")[0].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_OfVeryManyValues_IsNotTakenApart()
    {
        var (status, answer) = await TransferHarness.ImportAsync(_client, "[{\"mapping\":{\"a\":[" + string.Join(',', Enumerable.Repeat("0", 5000)) + "]}}]");

        Assert.Equal(400, status);
        Assert.Contains("larger than may be", answer.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thoughts_WithSeveralAnswersBelow_BelongToTheFirst()
    {
        const string file =
            """
            [{"conversation_id":"c","current_node":"a1","mapping":{
             "q":{"message":{"author":{"role":"user"},"content":{"parts":["Q"]}},"children":["t1"]},
             "t1":{"message":{"author":{"role":"assistant"},"content":{"content_type":"thoughts","thoughts":[{"content":"One"}]}},"children":["t2","a2"]},
             "t2":{"message":{"author":{"role":"assistant"},"content":{"content_type":"thoughts","thoughts":[{"content":"Two"},{"summary":"Three"}]}},"children":["a1","a3"]},
             "a1":{"message":{"author":{"role":"assistant"},"content":{"parts":["A1"]}}},
             "a2":{"message":{"author":{"role":"assistant"},"content":{"parts":["A2"]}}},
             "a3":{"message":{"author":{"role":"assistant"},"content":{"parts":["A3"]}}}}}]
            """;

        await TransferHarness.ImportAsync(_client, file);

        var thoughts = await _transfer.QueryAsync(db => db.Messages.Where(m => m.Content != "Q").OrderBy(m => m.Content).Select(m => m.Reasoning).ToListAsync());
        Assert.Equal(["One\n\nTwo\n\nThree", null, null], thoughts);
    }

    [Fact]
    public async Task Text_OfBeginningsOfCitations_IsReadOnce()
    {
        string file = """[{"conversation_id":"c","mapping":{"q":{"message":{"author":{"role":"user"},"content":{"parts":["TEXT"]}}}}}]""".Replace("TEXT", new string('\ue200', 2_000_000), StringComparison.Ordinal);

        var (_, report) = await TransferHarness.ImportAsync(_client, file).WaitAsync(Limit);

        Assert.Equal(1, report.GetProperty("imported").GetInt32());
    }

    [Fact]
    public async Task File_OfManyConversations_IsReadOnce()
    {
        byte[] content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n")));
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        byte[] archive = TransferHarness.Zip(
            [
                ("manifest.json", """{"format":"chatapp-archive","version":1}"""u8.ToArray()), ("files/" + hash, content),
                .. Enumerable.Range(0, 6).Select(i => ($"conversations/{i}.json", Encoding.UTF8.GetBytes(
                    $$$"""{"format":"chatapp-conversation","id":"{{{i}}}","title":"T","messages":[{"id":"a","content":"Hi","attachments":[{"file":{"name":"a.txt","sha256":"{{{hash}}}"}}]}]}"""))),
            ]);

        var (_, report) = await TransferHarness.ImportAsync(_client, archive);

        Assert.Equal(6, report.GetProperty("imported").GetInt32());
        var used = await _transfer.QueryAsync(db => db.MessageAttachments.Select(a => a.FileId).ToListAsync());
        Assert.Equal((6, 1), (used.Count, used.Distinct().Count()));
    }

    [Fact]
    public async Task Import_WhileOtherPeoplesAreRead_WaitsForItsTurn()
    {
        var turns = _transfer.App.Services.GetRequiredService<ImportTurns>();
        for (int i = 0; i < ImportTurns.AtOnce; i++)
            await turns.WaitAsync(default);
        using var patience = new CancellationTokenSource();
        using var file = new MemoryStream("""[{"uuid":"1","chat_messages":[{"sender":"human","text":"Hi"}]}]"""u8.ToArray());

        var import = _transfer.App.Services.GetRequiredService<Importer>().ImportAsync(_ada, file, patience.Token);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import);
        Assert.Equal(0, await _transfer.QueryAsync(db => db.Conversations.CountAsync()));
    }
}
