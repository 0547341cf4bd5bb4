using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Conversations;

/// <summary>One application for the tests of a class, at a time that they set.</summary>
public sealed class LibraryApp : IAsyncLifetime
{
    public TestApp App { get; private set; } = null!;

    public ManualTime Time { get; } = new();

    public async Task InitializeAsync() => App = await TestApp.StartAsync(b =>
    {
        b.Services.AddSingleton<TimeProvider>(Time);
        // It comes every two seconds of the system's, also between what a test waits for and what it sees.
        b.Services.Remove(b.Services.Single(s => s.ImplementationType == typeof(SearchIndexing)));
    });

    public async Task DisposeAsync() => await App.DisposeAsync();
}

/// <summary>The services of conversations, and two people of the test's own.</summary>
public abstract class LibraryTest(LibraryApp library) : IClassFixture<LibraryApp>, IAsyncLifetime
{
    private protected ManualTime Time => library.Time;

    private protected CurrentUser Ada { get; private set; } = null!;

    private protected CurrentUser Bob { get; private set; } = null!;

    private protected ConversationService Conversations => Get<ConversationService>();

    public async Task InitializeAsync()
    {
        Ada = await PersonAsync();
        Bob = await PersonAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private protected T Get<T>() where T : notnull => library.App.Services.GetRequiredService<T>();

    private protected Task<ConversationSummary> CreateAsync(string title = "A title", CurrentUser? owner = null) =>
        Conversations.CreateAsync(owner ?? Ada, title, null, default);

    private protected async Task<T> QueryAsync<T>(Func<ChatDbContext, Task<T>> query)
    {
        await using var db = await Get<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return await query(db);
    }

    /// <summary>Stores a message below another one, or as a root, and shows it.</summary>
    private protected Task<Guid> SayAsync(Guid conversation, string content, Guid? parent = null, MessageRole role = MessageRole.User) => QueryAsync(async db =>
    {
        var now = Time.GetUtcNow();
        var message = new Message
        {
            Id = Guid.CreateVersion7(now), ConversationId = conversation, ParentId = parent, Role = role, Status = MessageStatus.Completed,
            Content = content, CreatedAt = now.UtcDateTime,
        };
        db.Messages.Add(message);
        await db.SaveChangesAsync();
        await db.Conversations.Where(c => c.Id == conversation).ExecuteUpdateAsync(set => set.SetProperty(c => c.ActiveLeafId, message.Id));
        return message.Id;
    });

    private async Task<CurrentUser> PersonAsync() =>
        new(await library.App.CreateUserAsync($"{Guid.NewGuid():n}@example.com"), IsAdmin: false, Permissions.ScopesOf(false).ToHashSet());
}
