using System.Net;
using System.Text;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Files;

/// <summary>The page of one's own files: what there is, where it is used, how much room it takes, and a way to be rid of it.</summary>
public sealed class FilesPageTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private CurrentUser _ada = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(settings: ("Files:MaxBytesPerAccount", "100000"));
        // The first one is the admin of the installation.
        await _app.CreateUserAsync("root@example.com", admin: true);
        _ada = new CurrentUser(await _app.CreateUserAsync("ada@example.com"), false, new HashSet<string>());
        _client = await _app.SignInAsync("ada@example.com");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Page_OfOnesFiles_TellsSizeUseAndRoom()
    {
        await AddAsync("large.txt", 2048, "Plans", discarded: false);
        await AddAsync("small.txt", 3, "Old plans", discarded: true);
        await AddAsync("unused.txt", 5, null, discarded: false);

        string page = await ReadAsync("/account/files");

        Assert.Matches("(?s)unused.txt.*Goes with no message.*small.txt.*Old plans \\(in the trash\\).*large.txt.*2 KB.*href=\"/c/[^\"]*\">Plans<", page);
        Assert.Contains("98 KB", page, StringComparison.Ordinal);
        Assert.Matches("(?s)large.txt.*unused.txt.*small.txt", await ReadAsync("/account/files?order=size"));
    }

    [Fact]
    public async Task Page_OfNobodyElsesFiles_IsEmpty()
    {
        await _app.Services.GetRequiredService<FileStore>().AddAsync(_ada with { Id = await _app.CreateUserAsync("eve@example.com") }, "secret.txt", "x"u8.ToArray(), default);

        string page = await ReadAsync("/account/files");

        Assert.Contains("You have no files.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret.txt", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_DeletedOnThePage_IsGoneAndItsMessageStays()
    {
        var file = await AddAsync("large.txt", 2048, "Plans", discarded: false);

        using var deleted = await _client.PostFormAsync("account/files?order=size", [], form: $"delete-{file}");

        Assert.Equal("/account/files?order=size", deleted.Headers.Location?.ToString());
        Assert.Contains("You have no files.", await ReadAsync("/account/files"), StringComparison.Ordinal);
        Assert.Equal((1, 1), await QueryAsync(async db => (await db.Messages.CountAsync(), await db.MessageAttachments.CountAsync(a => a.FileId == null))));
    }

    [Fact]
    public async Task Page_OfManyFiles_HasMore()
    {
        for (int i = 0; i <= FileLibrary.PageSize; i++)
            await _app.Services.GetRequiredService<FileStore>().AddAsync(_ada, $"file-{i}.txt", Encoding.UTF8.GetBytes($"{i}"), default);

        Assert.DoesNotContain("file-0.txt", await ReadAsync("/account/files"), StringComparison.Ordinal);
        Assert.Contains("page=2", await ReadAsync("/account/files"), StringComparison.Ordinal);
        Assert.Contains("file-0.txt", await ReadAsync("/account/files?page=2"), StringComparison.Ordinal);
    }

    private async Task<Guid> AddAsync(string name, int size, string? conversation, bool discarded)
    {
        var file = await _app.Services.GetRequiredService<FileStore>().AddAsync(_ada, name, Encoding.ASCII.GetBytes(new string('x', size)), default);
        if (conversation is null)
            return file.Id;
        return await QueryAsync(async db =>
        {
            var now = DateTime.UnixEpoch;
            var (talk, message) = (Guid.NewGuid(), Guid.NewGuid());
            db.Conversations.Add(new Conversation { Id = talk, OwnerId = _ada.Id, Title = conversation, DeletedAt = discarded ? now : null, CreatedAt = now, UpdatedAt = now });
            db.Messages.Add(new Message { Id = message, ConversationId = talk, Role = MessageRole.User, Content = "Look", CreatedAt = now });
            db.MessageAttachments.Add(new MessageAttachment { MessageId = message, FileId = file.Id });
            await db.SaveChangesAsync();
            return file.Id;
        });
    }

    private async Task<string> ReadAsync(string path) => WebUtility.HtmlDecode(await _client.GetStringAsync(path));

    private async Task<T> QueryAsync<T>(Func<ChatDbContext, Task<T>> query)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return await query(db);
    }
}
