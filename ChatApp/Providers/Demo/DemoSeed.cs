using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Providers.Demo;

/// <summary>The provider, the model and the agent of a fresh installation. Once there is any provider it never acts again.</summary>
public sealed class DemoSeed(IDbContextFactory<ChatDbContext> database, TimeProvider time)
{
    public const string Slug = "demo";
    public const string Model = "docs";
    public const string Address = $"{Slug}/{Model}";

    public async Task SeedAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        if (await db.Providers.AnyAsync(cancellationToken))
            return;
        var now = time.GetUtcNow();
        var at = now.UtcDateTime;
        var provider = new Provider
        {
            Id = Guid.CreateVersion7(now), Slug = Slug, Name = "Demo", Kind = ProviderKind.Demo, CreatedAt = at, UpdatedAt = at,
        };
        provider.Models.Add(new Model { Id = Guid.CreateVersion7(now), Name = Model, DisplayName = "Demo (no model)", IsDefault = true, CreatedAt = at });
        db.Providers.Add(provider);
        if (!await db.Agents.AnyAsync(cancellationToken))
            db.Agents.Add(NewAgent(now));
        try
        {
            await db.SaveOrThrowAsync(new RequestProblem(409, "conflict", "The demo is there already."), cancellationToken);
        }
        catch (RequestProblem)
        {
            // A second process that starts at the same moment was first.
        }
    }

    private static Agent NewAgent(DateTimeOffset now)
    {
        var agent = new Agent
        {
            Id = Guid.CreateVersion7(now),
            Slug = Slug,
            Name = "Demo",
            Description = "Answers questions about this product from its own docs. No language model is behind it.",
            Handle = Slug,
            IsDefault = true,
            CreatedAt = now.UtcDateTime,
        };
        // Names its model: it stays the demo when a real model becomes the default.
        agent.Revisions.Add(new AgentRevision
        {
            Id = Guid.CreateVersion7(now), Number = 1, Prompt = "", Model = Address, CreatedAt = now.UtcDateTime,
        });
        return agent;
    }
}
