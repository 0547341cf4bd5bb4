using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Runs;

/// <summary>Rows as another process leaves them while it executes a run, or when it has died.</summary>
internal static class OtherProcess
{
    public static async Task<Guid> AddRunAsync(IServiceProvider services, Guid owner)
    {
        var now = new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Guid conversation = Guid.CreateVersion7(), question = Guid.CreateVersion7(), answer = Guid.CreateVersion7(), run = Guid.CreateVersion7();
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        db.Conversations.Add(new Conversation { Id = conversation, OwnerId = owner, Title = "Elsewhere", CreatedAt = now, UpdatedAt = now });
        db.Messages.Add(new Message
        {
            Id = question, ConversationId = conversation, Role = MessageRole.User, Status = MessageStatus.Completed, Content = "Hi", CreatedAt = now,
        });
        db.Messages.Add(new Message
        {
            Id = answer, ConversationId = conversation, ParentId = question, Role = MessageRole.Assistant, Status = MessageStatus.Streaming, Content = "",
            RunId = run, CreatedAt = now,
        });
        db.Runs.Add(new Run
        {
            Id = run, OwnerId = owner, ConversationId = conversation, UserMessageId = question, MessageId = answer, Agent = "demo", Model = "p/m",
            Status = RunStatus.Running, LeaseOwner = "elsewhere:1", CreatedAt = now,
        });
        await db.SaveChangesAsync();
        return run;
    }
}
