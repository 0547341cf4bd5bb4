using System.Text.Json;
using ChatApp.Data.Entities;
using ChatApp.Tests.Infrastructure;
using ChatApp.Transfer;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>Any tree of messages comes back as it went in: parents, order, texts, states, the shown branch.</summary>
public sealed class TransferPropertyTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // A parent is an earlier message or none; times may be equal, so that the order hangs on the place in the file.
    private static readonly Gen<MessageDocument[]> Trees =
        from size in Gen.Choose(1, 40)
        from nodes in Gen.ArrayOf(
            from parent in Gen.Choose(-1, 1000)
            from seconds in Gen.Choose(0, 2)
            from role in Gen.Elements(MessageRole.User, MessageRole.Assistant)
            from status in Gen.Elements(MessageStatus.Completed, MessageStatus.Failed, MessageStatus.Cancelled, MessageStatus.Interrupted)
            from text in Gen.Elements("", "Hi", "\"quoted\" \\ \r\n\t", "日本語 \ud83d\ude00", "</script><b>", "\u2028 \u00a0")
            select (parent, seconds, role, status, text), size)
        select nodes.Select((n, i) => new MessageDocument
        {
            Id = $"m{i}", Parent = i == 0 || n.parent < 0 ? null : $"m{n.parent % i}", Role = n.role, Status = n.status, Content = n.text,
            CreatedAt = Start.AddSeconds(nodes.Take(i + 1).Sum(x => x.seconds)), Reasoning = n.seconds == 0 ? "Hm" : null,
        }).ToArray();

    [Fact]
    public async Task Tree_Imported_IsExportedTheSame()
    {
        await using var app = await TestApp.StartAsync();
        var (_, client) = await app.CreateCallerAsync();
        int number = 0;
        Prop.ForAll(Arb.From(Trees), messages =>
        {
            var document = new ConversationDocument
            {
                Id = $"c{number++}", Title = $"Tree {number}", TitledBy = TitleOrigin.Model, CreatedAt = Start, UpdatedAt = Start.AddDays(1),
                ActiveLeaf = messages[^1].Id, Messages = messages,
            };
            var (status, report) = TransferHarness.ImportAsync(client, JsonSerializer.SerializeToUtf8Bytes(document, ConversationDocument.Json)).GetAwaiter().GetResult();
            Assert.True(status == 200 && report.GetProperty("imported").GetInt32() == 1, report.GetRawText());
            string id = report.GetProperty("conversations")[0].GetProperty("id").GetString()!;
            byte[] exported = client.GetByteArrayAsync($"/api/conversations/{id}/export?format=json").GetAwaiter().GetResult();
            Assert.Equal(Normal(JsonSerializer.SerializeToUtf8Bytes(document, ConversationDocument.Json)), Normal(exported));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    private static string Normal(byte[] conversation) => TransferHarness.WithoutIds(TransferHarness.Zip(("conversations/x.json", conversation)))[0];
}
