using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatApp.Data;

internal sealed class StoredFileConfiguration : IEntityTypeConfiguration<StoredFile>
{
    public void Configure(EntityTypeBuilder<StoredFile> builder)
    {
        builder.ToTable("files");
        // Answers how much an account has, and whether it has the same already, without a look at the files.
        builder.HasIndex(f => new { f.OwnerId, f.Size });
        // SQLite reads a row from its beginning: what stood behind the content would cost the reading of all of it.
        builder.Property(f => f.Id).HasColumnOrder(0);
        builder.Property(f => f.OwnerId).HasColumnOrder(1);
        builder.Property(f => f.Name).HasColumnOrder(2);
        builder.Property(f => f.MediaType).HasColumnOrder(3);
        builder.Property(f => f.Size).HasColumnOrder(4);
        builder.Property(f => f.CreatedAt).HasColumnOrder(5);
        builder.Property(f => f.Content).HasColumnOrder(6);
        builder.HasOne<Account>().WithMany().HasForeignKey(f => f.OwnerId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class MessageAttachmentConfiguration : IEntityTypeConfiguration<MessageAttachment>
{
    public void Configure(EntityTypeBuilder<MessageAttachment> builder)
    {
        builder.HasKey(a => new { a.MessageId, a.Position });
        builder.HasOne<Message>().WithMany().HasForeignKey(a => a.MessageId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(a => a.FileId).OnDelete(DeleteBehavior.SetNull);
    }
}

internal sealed class PointsEntryConfiguration : IEntityTypeConfiguration<PointsEntry>
{
    public void Configure(EntityTypeBuilder<PointsEntry> builder)
    {
        builder.HasIndex(p => new { p.OwnerId, p.CreatedAt });
        builder.HasOne<Account>().WithMany().HasForeignKey(p => p.OwnerId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AskSessionConfiguration : IEntityTypeConfiguration<AskSession>
{
    public void Configure(EntityTypeBuilder<AskSession> builder)
    {
        // NOCASE on SQLite: keys are ASCII. Another database has its own way (a citext column or an index on lower(key)).
        builder.Property(s => s.Key).UseCollation("NOCASE");
        builder.HasIndex(s => s.Key).IsUnique();
        builder.HasIndex(s => s.ConversationId).IsUnique();
        builder.HasOne<Conversation>().WithOne().HasForeignKey<AskSession>(s => s.ConversationId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AskParticipantConfiguration : IEntityTypeConfiguration<AskParticipant>
{
    public void Configure(EntityTypeBuilder<AskParticipant> builder)
    {
        builder.HasIndex(p => new { p.SessionId, p.AccountId }).IsUnique().HasFilter("account_id IS NOT NULL");
        builder.HasIndex(p => p.InviteHash).IsUnique().HasFilter("invite_hash IS NOT NULL");
        builder.HasOne(p => p.Session).WithMany(s => s.Participants).HasForeignKey(p => p.SessionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Account>().WithMany().HasForeignKey(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AskInsightConfiguration : IEntityTypeConfiguration<AskInsight>
{
    public void Configure(EntityTypeBuilder<AskInsight> builder)
    {
        builder.HasIndex(i => i.SessionId);
        builder.HasOne<AskSession>().WithMany().HasForeignKey(i => i.SessionId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AgentCallConfiguration : IEntityTypeConfiguration<AgentCall>
{
    public void Configure(EntityTypeBuilder<AgentCall> builder)
    {
        builder.HasIndex(c => c.ConversationId);
        builder.HasIndex(c => new { c.OwnerId, c.CreatedAt });
        // As with usage: deleting a conversation must not erase what it cost.
        builder.HasOne<Conversation>().WithMany().HasForeignKey(c => c.ConversationId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<Account>().WithMany().HasForeignKey(c => c.OwnerId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class TokenSessionConfiguration : IEntityTypeConfiguration<TokenSession>
{
    public void Configure(EntityTypeBuilder<TokenSession> builder)
    {
        builder.HasIndex(s => s.ExpiresAt);
        builder.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
