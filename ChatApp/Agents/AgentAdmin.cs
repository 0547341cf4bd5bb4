using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Agents;

/// <summary>What a revision of an agent says.</summary>
/// <param name="Prompt">The system prompt; empty for none.</param>
/// <param name="Model">Model address; null for the default model.</param>
public sealed record AgentSettings(string Prompt = "", string? Model = null)
{
    public string? FallbackModel { get; init; }

    /// <summary>Address of a larger model that a request may ask for; null for none.</summary>
    public string? LargeModel { get; init; }

    /// <summary>Who it is when it speaks as somebody; null for none.</summary>
    public string? Persona { get; init; }

    /// <summary>Slug of the agent that judges each question before this one answers; null for none.</summary>
    public string? ModerationAgent { get; init; }

    /// <summary>0 to 2; null for the provider's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>Above 0 to 1; null for the provider's own.</summary>
    public double? TopP { get; init; }

    /// <summary>Tokens; null for the provider's own.</summary>
    public int? MaxOutputTokens { get; init; }
}

/// <summary>An agent to add.</summary>
/// <param name="Name">For people; null for the slug.</param>
/// <param name="IsDefault">Whether it becomes the default agent in place of the present one.</param>
public sealed record NewAgent(string Slug, AgentSettings Settings, string? Name = null, string? Description = null, bool IsDefault = false)
{
    /// <summary>Its name on the Persona API, as a slug; null for none.</summary>
    public string? Handle { get; init; }
    public string? AvatarUrl { get; init; }

    /// <summary>The account that it speaks for; null where it speaks for nobody.</summary>
    public Guid? OwnerId { get; init; }
}

/// <summary>What to change of an agent; what is not given stays.</summary>
public sealed record AgentChange
{
    /// <summary>For people.</summary>
    public string? Name { get; init; }

    /// <summary>Empty for none, as are <see cref="Handle"/> and <see cref="AvatarUrl"/>.</summary>
    public string? Description { get; init; }

    /// <inheritdoc cref="NewAgent.Handle"/>
    public string? Handle { get; init; }
    public string? AvatarUrl { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>Makes it the default agent in place of the present one.</summary>
    public bool IsDefault { get; init; }

    /// <summary>From the settings of the current revision to those of a new one.</summary>
    public Func<AgentSettings, AgentSettings>? Settings { get; init; }
}

/// <summary>Adds agents and their revisions. Who may do so is decided by the caller.</summary>
public sealed class AgentAdmin(IDbContextFactory<ChatDbContext> database, AgentCatalog catalog, TimeProvider time)
{
    private const int MaxPrompt = 100_000;

    /// <summary>Adds the agent with its revision 1.</summary>
    /// <param name="by">The admin; null on the command line.</param>
    /// <exception cref="RequestProblem">400 where a field is not valid, 409 (conflict) where the slug is taken.</exception>
    public async Task AddAsync(NewAgent agent, Guid? by, CancellationToken cancellationToken)
    {
        Slugs.Validate(agent.Slug);
        ValidateName(agent.Name);
        ValidateAvatar(agent.AvatarUrl);
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        await ValidateAsync(db, agent.Settings, cancellationToken);
        var taken = new RequestProblem(409, "conflict", $"There already is an agent {agent.Slug}.", "slug");
        if (await db.Agents.AnyAsync(a => a.Slug == agent.Slug, cancellationToken))
            throw taken;
        await ValidateHandleAsync(db, agent.Slug, agent.Handle, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (agent.IsDefault)
            await db.Agents.Where(a => a.IsDefault).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDefault, false), cancellationToken);
        var now = time.GetUtcNow();
        var row = new Agent
        {
            Id = Guid.CreateVersion7(now),
            Slug = agent.Slug,
            Name = string.IsNullOrWhiteSpace(agent.Name) ? agent.Slug : agent.Name.Trim(),
            Description = agent.Description,
            IsDefault = agent.IsDefault,
            Handle = agent.Handle,
            AvatarUrl = agent.AvatarUrl,
            OwnerId = agent.OwnerId,
            CreatedAt = now.UtcDateTime,
        };
        db.Agents.Add(row);
        db.AgentRevisions.Add(Revision(row.Id, 1, agent.Settings, by, now));
        await db.SaveOrThrowAsync(taken, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        catalog.Invalidate();
    }

    /// <summary>Changes the agent; other settings make a new revision, earlier ones stay as they are.</summary>
    /// <returns>The number of the current revision.</returns>
    /// <exception cref="RequestProblem">400 where a field is not valid, 404 for an unknown agent, 409 where somebody else was first.</exception>
    public async Task<int> ChangeAsync(string slug, AgentChange change, Guid? by, CancellationToken cancellationToken)
    {
        ValidateName(change.Name);
        ValidateAvatar(change.AvatarUrl);
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var agent = await db.Agents.FirstOrDefaultAsync(a => a.Slug == slug, cancellationToken)
            ?? throw RequestProblem.NotFound("agent", $"There is no agent {slug}.");
        var current = await db.AgentRevisions.AsNoTracking().Where(r => r.AgentId == agent.Id).OrderByDescending(r => r.Number).FirstAsync(cancellationToken);
        int number = current.Number;
        if (change.Settings is { } alter && SettingsOf(current) is var before && alter(before) is var after && after != before)
        {
            await ValidateAsync(db, after, cancellationToken);
            db.AgentRevisions.Add(Revision(agent.Id, ++number, after, by, time.GetUtcNow()));
        }
        if (!string.IsNullOrWhiteSpace(change.Name))
            agent.Name = change.Name.Trim();
        await ValidateHandleAsync(db, slug, change.Handle, cancellationToken);
        agent.Handle = Given(change.Handle, agent.Handle);
        agent.Description = Given(change.Description, agent.Description);
        agent.AvatarUrl = Given(change.AvatarUrl, agent.AvatarUrl);
        agent.Enabled = change.Enabled ?? agent.Enabled;
        if (change.IsDefault && !agent.IsDefault)
        {
            await db.Agents.Where(a => a.IsDefault).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDefault, false), cancellationToken);
            agent.IsDefault = true;
        }
        await db.SaveOrThrowAsync(
            new RequestProblem(409, "conflict", $"Somebody else has just changed the agent {slug}. Look at it again, then repeat."), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        catalog.Invalidate();
        return number;
    }

    private static AgentSettings SettingsOf(AgentRevision revision) => new(revision.Prompt, revision.Model)
    {
        FallbackModel = revision.FallbackModel,
        LargeModel = revision.LargeModel,
        Persona = revision.Persona,
        ModerationAgent = revision.ModerationAgent,
        Temperature = revision.Temperature,
        TopP = revision.TopP,
        MaxOutputTokens = revision.MaxOutputTokens,
    };

    private static AgentRevision Revision(Guid agentId, int number, AgentSettings settings, Guid? by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        AgentId = agentId,
        Number = number,
        Prompt = settings.Prompt,
        Model = settings.Model,
        FallbackModel = settings.FallbackModel,
        LargeModel = settings.LargeModel,
        Persona = settings.Persona,
        ModerationAgent = settings.ModerationAgent,
        Temperature = settings.Temperature,
        TopP = settings.TopP,
        MaxOutputTokens = settings.MaxOutputTokens,
        CreatedAt = now.UtcDateTime,
        CreatedById = by,
    };

    private static void ValidateName(string? name)
    {
        if (name is { Length: > 100 })
            throw RequestProblem.Invalid("name", "An agent's name has at most 100 characters.");
    }

    private static void ValidateAvatar(string? url)
    {
        if (!string.IsNullOrEmpty(url) && !(Uri.TryCreate(url, UriKind.Absolute, out var avatar) && avatar.Scheme is "http" or "https"))
            throw RequestProblem.Invalid("avatar_url", "An avatar is an http or https address.");
    }

    private static async Task ValidateHandleAsync(ChatDbContext db, string slug, string? handle, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(handle))
            return;
        Slugs.Validate(handle, "handle");
        if (await db.Agents.AnyAsync(a => a.Handle == handle && a.Slug != slug, cancellationToken))
            throw new RequestProblem(409, "conflict", $"There already is an agent with the handle {handle}.", "handle");
    }

    /// <summary>Nothing given leaves what was; what is empty takes it away.</summary>
    private static string? Given(string? given, string? before) => given switch { null => before, "" => null, _ => given };

    private static async Task ValidateAsync(ChatDbContext db, AgentSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Prompt.Length > MaxPrompt)
            throw RequestProblem.Invalid("prompt", $"A prompt has at most {MaxPrompt} characters.");
        if (settings.Temperature is < 0 or > 2 or double.NaN)
            throw RequestProblem.Invalid("temperature", "The temperature is from 0 to 2.");
        if (settings.TopP is <= 0 or > 1 or double.NaN)
            throw RequestProblem.Invalid("top_p", "top_p is above 0 and at most 1.");
        if (settings.MaxOutputTokens is < 1)
            throw RequestProblem.Invalid("max_output_tokens", "An answer must be allowed at least 1 token.");
        await ValidateModelAsync(db, "model", settings.Model, cancellationToken);
        await ValidateModelAsync(db, "fallback_model", settings.FallbackModel, cancellationToken);
        await ValidateModelAsync(db, "large_model", settings.LargeModel, cancellationToken);
        if (settings.Persona is { Length: > MaxPrompt })
            throw RequestProblem.Invalid("persona", $"A persona has at most {MaxPrompt} characters.");
        if (settings.ModerationAgent is { } moderator && !await db.Agents.AnyAsync(a => a.Slug == moderator, cancellationToken))
            throw RequestProblem.Invalid("moderation_agent", $"There is no agent {moderator}. Add it first: agents add --slug {moderator}.");
    }

    private static async Task ValidateModelAsync(ChatDbContext db, string field, string? address, CancellationToken cancellationToken)
    {
        if (address is null)
            return;
        int slash = address.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == address.Length - 1)
            throw RequestProblem.Invalid(field, "A model is addressed as provider/name.");
        (string provider, string name) = (address[..slash], address[(slash + 1)..]);
        bool known = await db.Providers.AnyAsync(
            p => p.Slug == provider && (p.AnyModel || p.Models.Any(m => m.Name == name)), cancellationToken);
        if (!known)
            throw RequestProblem.Invalid(field, $"There is no model {address}. Add it first: models add --provider {provider} --name {name}.");
    }
}
