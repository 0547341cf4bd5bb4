using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Data;

/// <summary>
/// The schema, the same on every database. Each database has a derived context so that each has its own migrations.
/// Times are UTC; enums are stored by name; tables and columns are snake_case, for the statements that are plain SQL.
/// </summary>
public abstract class ChatDbContext(DbContextOptions options)
    : IdentityDbContext<Account, IdentityRole<Guid>, Guid>(options)
{
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<Provider> Providers => Set<Provider>();
    public DbSet<Model> Models => Set<Model>();
    public DbSet<Agent> Agents => Set<Agent>();
    public DbSet<AgentRevision> AgentRevisions => Set<AgentRevision>();
    public DbSet<Conversation> Conversations => Set<Conversation>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<RunEventChunk> RunEvents => Set<RunEventChunk>();
    public DbSet<UsageEntry> Usage => Set<UsageEntry>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();
    public DbSet<StoredFile> Files => Set<StoredFile>();
    public DbSet<MessageAttachment> MessageAttachments => Set<MessageAttachment>();
    public DbSet<PointsEntry> PointsEntries => Set<PointsEntry>();
    public DbSet<AskSession> AskSessions => Set<AskSession>();
    public DbSet<AskParticipant> AskParticipants => Set<AskParticipant>();
    public DbSet<AskInsight> AskInsights => Set<AskInsight>();
    public DbSet<AgentCall> AgentCalls => Set<AgentCall>();
    public DbSet<TokenSession> TokenSessions => Set<TokenSession>();
    public DbSet<AccountPreferences> Preferences => Set<AccountPreferences>();
    public DbSet<Folder> Folders => Set<Folder>();
    public DbSet<ConversationTag> ConversationTags => Set<ConversationTag>();
    public DbSet<MessageFeedback> MessageFeedback => Set<MessageFeedback>();
    public DbSet<Share> Shares => Set<Share>();
    public DbSet<SavedPrompt> Prompts => Set<SavedPrompt>();
    public DbSet<Draft> Drafts => Set<Draft>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcDateTimeConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(ChatDbContext).Assembly);
        builder.UseSnakeCaseNames();
    }
}
