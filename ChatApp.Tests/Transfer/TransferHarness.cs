using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Transfer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Transfer;

/// <summary>An application, and what people do with files there.</summary>
public sealed class TransferHarness : IAsyncDisposable
{
    private TransferHarness(TestApp app) => App = app;

    public TestApp App { get; }

    public static async Task<TransferHarness> StartAsync(params (string Name, string Value)[] settings) => new(await TestApp.StartAsync(settings: settings));

    public async ValueTask DisposeAsync() => await App.DisposeAsync();

    /// <summary>Imports a file as the body of a request.</summary>
    public static async Task<(int Status, JsonElement Body)> ImportAsync(HttpClient client, byte[] file)
    {
        using var answer = await client.PostAsync("/api/import", new ByteArrayContent(file));
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static Task<(int Status, JsonElement Body)> ImportAsync(HttpClient client, string json) => ImportAsync(client, Encoding.UTF8.GetBytes(json));

    /// <summary>A zip file with these entries.</summary>
    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return memory.ToArray();
    }

    /// <summary>The entries of a zip file by their names.</summary>
    public static Dictionary<string, byte[]> Unzip(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        return zip.Entries.ToDictionary(e => e.FullName, e =>
        {
            using var stream = e.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        });
    }

    /// <summary>The conversations of an archive with every id replaced by its place: what is left is what must not change.</summary>
    public static string[] WithoutIds(byte[] archive) =>
        [.. Unzip(archive).Where(e => e.Key.StartsWith("conversations/", StringComparison.Ordinal))
            .Select(e => WithoutIds(JsonNode.Parse(e.Value)!.AsObject())).Order(StringComparer.Ordinal)];

    private static string WithoutIds(JsonObject conversation)
    {
        var places = conversation["messages"]!.AsArray().Select((m, i) => (Id: (string)m!["id"]!, Place: $"#{i}")).ToDictionary(m => m.Id, m => m.Place);
        foreach (var message in conversation["messages"]!.AsArray())
        {
            message!["id"] = places[(string)message["id"]!];
            if (message["parent"] is { } parent)
                message["parent"] = places[(string)parent!];
        }
        if (conversation["active_leaf"] is { } leaf)
            conversation["active_leaf"] = places[(string)leaf!];
        conversation.Remove("id");
        // Left out by an import, and said so.
        conversation.Remove("system_prompt");
        return conversation.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    public async Task<T> QueryAsync<T>(Func<ChatDbContext, Task<T>> query)
    {
        await using var db = await App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return await query(db);
    }

    /// <summary>Stores a conversation with everything that one can have: branches, a file, feedback, failures, a folder, tags.</summary>
    public async Task<Guid> StoreRichAsync(CurrentUser owner, Guid fileId)
    {
        var at = new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc);
        var id = Guid.CreateVersion7();
        var folder = new Folder { Id = Guid.NewGuid(), OwnerId = owner.Id, Name = "Work", CreatedAt = at };
        var question = NewMessage(MessageRole.User, null, "Why “so”?\u00e9\ud83d\ude00\r\n\ttab", 0);
        question.Metadata = """{"client":{"v":[1,2.50,"x"]}}""";
        var first = NewMessage(MessageRole.Assistant, question.Id, "Because.", 1);
        first.Reasoning = "Let me think.";
        var second = NewMessage(MessageRole.Assistant, question.Id, "Half of", 2);
        second.Status = MessageStatus.Failed;
        var edited = NewMessage(MessageRole.User, null, "Why not?", 3);
        edited.AuthorName = "Ada";
        var run = NewRun(question, first, RunStatus.Completed);
        run.FinishReason = "length";
        run.FirstTokenAt = at.AddMilliseconds(1500);
        var failed = NewRun(question, second, RunStatus.Failed);
        (failed.ErrorCode, failed.ErrorMessage) = ("overloaded", "The model is busy.");
        return await QueryAsync(async db =>
        {
            db.Folders.Add(folder);
            db.Conversations.Add(new Conversation
            {
                Id = id, OwnerId = owner.Id, Title = "A \"title\" / with: signs", TitledBy = TitleOrigin.Person, FolderId = folder.Id, CreatedAt = at,
                UpdatedAt = at.AddHours(1), PinnedAt = at.AddDays(1), ArchivedAt = at.AddDays(2), ActiveLeafId = first.Id, SystemPrompt = "Be brief.",
                Source = ConversationSources.Persona, ExternalId = "session-9", Layer = Layers.Public,
            });
            db.Messages.AddRange(question, first, second, edited);
            db.Runs.AddRange(run, failed);
            db.ConversationTags.AddRange(new ConversationTag { ConversationId = id, Name = "alpha" }, new ConversationTag { ConversationId = id, Name = "beta" });
            db.MessageFeedback.Add(new MessageFeedback { MessageId = first.Id, AccountId = owner.Id, IsGood = false, Reason = "Too short", CreatedAt = at });
            db.MessageAttachments.AddRange(
                new MessageAttachment { MessageId = question.Id, Position = 0, FileId = fileId },
                new MessageAttachment { MessageId = question.Id, Position = 1, Url = "https://example.com/a.png" });
            db.Prompts.Add(new SavedPrompt { Id = Guid.NewGuid(), OwnerId = owner.Id, Command = "sum", Name = "Sum up", Text = "Sum up {{text}}", UpdatedAt = at });
            await db.SaveChangesAsync();
            return id;
        });

        Message NewMessage(MessageRole role, Guid? parent, string text, int seconds) =>
            new() { Id = Guid.CreateVersion7(), ConversationId = id, ParentId = parent, Role = role, Content = text, CreatedAt = at.AddSeconds(seconds) };

        Run NewRun(Message asked, Message answer, RunStatus status)
        {
            var made = new Run
            {
                Id = Guid.CreateVersion7(), OwnerId = owner.Id, ConversationId = id, UserMessageId = asked.Id, MessageId = answer.Id, Agent = "helper",
                Model = "p/m", Status = status, CreatedAt = answer.CreatedAt, FinishedAt = answer.CreatedAt.AddSeconds(4),
            };
            answer.RunId = made.Id;
            return made;
        }
    }
}
