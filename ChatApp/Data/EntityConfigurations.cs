using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatApp.Data;

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.HasIndex(k => k.Hash).IsUnique();
        builder.HasOne(k => k.User).WithMany().HasForeignKey(k => k.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ProviderConfiguration : IEntityTypeConfiguration<Provider>
{
    public void Configure(EntityTypeBuilder<Provider> builder) => builder.HasIndex(p => p.Slug).IsUnique();
}

internal sealed class ModelConfiguration : IEntityTypeConfiguration<Model>
{
    public void Configure(EntityTypeBuilder<Model> builder)
    {
        builder.HasIndex(m => new { m.ProviderId, m.Name }).IsUnique();
        builder.HasIndex(m => m.IsDefault).IsUnique().HasFilter("is_default");
        builder.HasOne(m => m.Provider).WithMany(p => p.Models).HasForeignKey(m => m.ProviderId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Model>().WithMany().HasForeignKey(m => m.FallbackModelId).OnDelete(DeleteBehavior.SetNull);
    }
}

internal sealed class AgentConfiguration : IEntityTypeConfiguration<Agent>
{
    public void Configure(EntityTypeBuilder<Agent> builder)
    {
        builder.HasIndex(a => a.Slug).IsUnique();
        builder.HasIndex(a => a.IsDefault).IsUnique().HasFilter("is_default");
        builder.HasIndex(a => a.Handle).IsUnique();
        builder.HasOne<Account>().WithMany().HasForeignKey(a => a.OwnerId).OnDelete(DeleteBehavior.SetNull);
    }
}

internal sealed class AgentRevisionConfiguration : IEntityTypeConfiguration<AgentRevision>
{
    public void Configure(EntityTypeBuilder<AgentRevision> builder)
    {
        builder.HasIndex(r => new { r.AgentId, r.Number }).IsUnique();
        builder.HasOne(r => r.Agent).WithMany(a => a.Revisions).HasForeignKey(r => r.AgentId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ConversationConfiguration : IEntityTypeConfiguration<Conversation>
{
    public void Configure(EntityTypeBuilder<Conversation> builder)
    {
        builder.HasIndex(c => new { c.OwnerId, c.UpdatedAt });
        builder.HasIndex(c => new { c.OwnerId, c.Source, c.ExternalId }).IsUnique().HasFilter("external_id IS NOT NULL AND deleted_at IS NULL");
        builder.HasOne<Account>().WithMany().HasForeignKey(c => c.OwnerId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Agent>().WithMany().HasForeignKey(c => c.AgentId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<Folder>().WithMany().HasForeignKey(c => c.FolderId).OnDelete(DeleteBehavior.SetNull);
        // Only what housekeeping looks for: small however long the history grows.
        builder.HasIndex(c => c.DeletedAt).HasFilter("deleted_at IS NOT NULL");
        builder.HasIndex(c => c.UpdatedAt).HasFilter("is_temporary");
        // Runs insert conversations in plain SQL, without these.
        builder.Property(c => c.TitledBy).HasDefaultValue(TitleOrigin.Message);
        builder.Property(c => c.IsTemporary).HasDefaultValue(false);
        builder.HasQueryFilter(c => c.DeletedAt == null);
    }
}

internal sealed class MessageConfiguration : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> builder)
    {
        builder.HasIndex(m => new { m.ConversationId, m.ParentId });
        builder.HasOne(m => m.Conversation).WithMany().HasForeignKey(m => m.ConversationId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RunConfiguration : IEntityTypeConfiguration<Run>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.HasIndex(r => r.ConversationId);
        // Only live runs: what the reaper looks for, and small however long the history grows.
        builder.HasIndex(r => r.LeaseExpiresAt).HasFilter("lease_owner IS NOT NULL");
        builder.HasOne<Conversation>().WithMany().HasForeignKey(r => r.ConversationId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RunEventConfiguration : IEntityTypeConfiguration<RunEventChunk>
{
    public void Configure(EntityTypeBuilder<RunEventChunk> builder)
    {
        builder.ToTable("run_events");
        builder.HasKey(e => new { e.RunId, e.FirstSeq });
        builder.HasOne<Run>().WithMany().HasForeignKey(e => e.RunId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class UsageEntryConfiguration : IEntityTypeConfiguration<UsageEntry>
{
    public void Configure(EntityTypeBuilder<UsageEntry> builder)
    {
        // No foreign key to the run: deleting a conversation must not erase what it cost.
        builder.HasKey(u => u.RunId);
        builder.HasIndex(u => new { u.OwnerId, u.CreatedAt });
    }
}

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.HasKey(k => new { k.OwnerId, k.Key });
        builder.HasIndex(k => k.CreatedAt);
    }
}
