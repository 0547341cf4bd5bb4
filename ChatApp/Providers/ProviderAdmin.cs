using System.Text.RegularExpressions;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Providers;

/// <summary>Adds, changes and lists providers and models. Who may do so is decided by the caller.</summary>
public sealed partial class ProviderAdmin(
    IDbContextFactory<ChatDbContext> database, ModelCatalog catalog, ChatClients clients, SecretProtector secrets, TimeProvider time)
{
    /// <exception cref="RequestProblem">400 where a field is not valid, 409 (conflict) where the slug is taken.</exception>
    public async Task AddAsync(NewProvider provider, CancellationToken cancellationToken)
    {
        Validate(provider);
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        if (await db.Providers.AnyAsync(p => p.Slug == provider.Slug, cancellationToken))
            throw SlugTaken(provider.Slug);
        var now = time.GetUtcNow();
        db.Providers.Add(new Provider
        {
            Id = Guid.CreateVersion7(now),
            Slug = provider.Slug,
            Name = string.IsNullOrWhiteSpace(provider.Name) ? provider.Slug : provider.Name.Trim(),
            Kind = provider.Kind,
            BaseUrl = provider.BaseUrl?.TrimEnd('/'),
            ProtectedApiKey = provider.ApiKey is null ? null : secrets.Protect(provider.ApiKey),
            ApiKeyVariable = provider.ApiKeyVariable,
            AnyModel = provider.AnyModel,
            CreatedAt = now.UtcDateTime,
            UpdatedAt = now.UtcDateTime,
        });
        // Two admins at once: the index decides.
        await db.SaveOrThrowAsync(SlugTaken(provider.Slug), cancellationToken);
        catalog.Invalidate();
    }

    /// <summary>Replaces the API key by another one or the name of its environment variable; by none where both are null.</summary>
    /// <exception cref="RequestProblem">400 where it is not valid, 404 for an unknown provider.</exception>
    public async Task SetKeyAsync(string slug, string? apiKey, string? variable, CancellationToken cancellationToken)
    {
        ValidateKey(apiKey, variable);
        await ChangeAsync(slug, provider =>
        {
            if (provider.Kind == ProviderKind.Demo)
                throw RequestProblem.Invalid("slug", "The demo works offline and takes no API key.");
            provider.ProtectedApiKey = apiKey is null ? null : secrets.Protect(apiKey);
            provider.ApiKeyVariable = variable;
        }, cancellationToken);
    }

    /// <summary>Lets the provider's models answer, or keeps them from it.</summary>
    /// <exception cref="RequestProblem">404 for an unknown provider.</exception>
    public Task SetEnabledAsync(string slug, bool enabled, CancellationToken cancellationToken) =>
        ChangeAsync(slug, provider => provider.Enabled = enabled, cancellationToken);

    private async Task ChangeAsync(string slug, Action<Provider> change, CancellationToken cancellationToken)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var provider = await db.Providers.FirstOrDefaultAsync(p => p.Slug == slug, cancellationToken)
            ?? throw RequestProblem.NotFound("slug", $"There is no provider {slug}.");
        change(provider);
        provider.UpdatedAt = time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        catalog.Invalidate();
    }

    /// <exception cref="RequestProblem">400 where the name is not valid, 404 for an unknown provider or fallback, 409 where it has this model.</exception>
    public async Task AddModelAsync(NewModel model, CancellationToken cancellationToken)
    {
        if (!ModelNames.IsValid(model.Name))
            throw RequestProblem.Invalid("name", $"A model's name has 1 to {ModelNames.MaxLength} characters and no spaces.");
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var provider = await db.Providers.AsNoTracking().FirstOrDefaultAsync(p => p.Slug == model.Provider, cancellationToken)
            ?? throw RequestProblem.NotFound("provider", $"There is no provider {model.Provider}.");
        var taken = new RequestProblem(409, "conflict", $"The provider {model.Provider} already has the model {model.Name}.", "name");
        if (await db.Models.AnyAsync(m => m.ProviderId == provider.Id && m.Name == model.Name, cancellationToken))
            throw taken;
        var fallback = await FindFallbackAsync(db, model.Fallback, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (model.IsDefault)
            await db.Models.Where(m => m.IsDefault).ExecuteUpdateAsync(m => m.SetProperty(x => x.IsDefault, false), cancellationToken);
        var now = time.GetUtcNow();
        db.Models.Add(new Model
        {
            Id = Guid.CreateVersion7(now),
            ProviderId = provider.Id,
            Name = model.Name,
            IsDefault = model.IsDefault,
            FallbackModelId = fallback,
            Vision = model.Vision,
            ContextWindow = model.ContextWindow is null or > 0
                ? model.ContextWindow
                : throw RequestProblem.Invalid("context_window", "A context window has at least one token."),
            CreatedAt = now.UtcDateTime,
        });
        await db.SaveOrThrowAsync(taken, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        catalog.Invalidate();
    }

    /// <summary>All providers with their models, sorted by slug.</summary>
    public async Task<IReadOnlyList<ProviderView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.CreateDbContextAsync(cancellationToken);
        var providers = await db.Providers.AsNoTracking().Include(p => p.Models).OrderBy(p => p.Slug).ToListAsync(cancellationToken);
        return [.. providers.Select(p => new ProviderView(
            p.Slug, p.Name, p.Kind, p.BaseUrl, p.ProtectedApiKey is not null, p.ApiKeyVariable, p.AnyModel, p.Enabled, clients.For(p).Problem,
            [.. p.Models.OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => new ModelView($"{p.Slug}/{m.Name}", m.Name, m.IsDefault, m.Vision))]))];
    }

    private static async Task<Guid?> FindFallbackAsync(ChatDbContext db, string? address, CancellationToken cancellationToken)
    {
        if (address == null)
            return null;
        return await db.Models.Where(m => m.Provider!.Slug + "/" + m.Name == address).Select(m => (Guid?)m.Id).FirstOrDefaultAsync(cancellationToken)
            ?? throw RequestProblem.NotFound("fallback", $"There is no model {address}. Add it first: models add --provider SLUG --name NAME");
    }

    private static RequestProblem SlugTaken(string slug) => new(409, "conflict", $"There already is a provider {slug}.", "slug");

    private static void Validate(NewProvider provider)
    {
        Slugs.Validate(provider.Slug);
        if (!Enum.IsDefined(provider.Kind))
            throw RequestProblem.Invalid("kind", "The kind is openai, anthropic or demo.");
        if (provider.Name is { Length: > 100 })
            throw RequestProblem.Invalid("name", "A provider's name has at most 100 characters.");
        if (provider.Kind == ProviderKind.Demo && (provider.BaseUrl ?? provider.ApiKey ?? provider.ApiKeyVariable) is not null)
            throw RequestProblem.Invalid("kind", "The demo works offline and takes neither a base URL nor an API key.");
        if (provider.BaseUrl is { } url && !IsBaseUrl(url))
            throw RequestProblem.Invalid("base_url", "The base URL must be an absolute http or https URL without user name and fragment, as https://api.openai.com/v1.");
        ValidateKey(provider.ApiKey, provider.ApiKeyVariable);
    }

    private static void ValidateKey(string? apiKey, string? variable)
    {
        if (apiKey != null && variable != null)
            throw RequestProblem.Invalid("api_key", "Give the API key or the name of its environment variable, not both.");
        // Anything else could not be sent in a header.
        if (apiKey is { } key && (key.Length is 0 or > 1000 || key.Any(c => c is <= ' ' or > '~')))
            throw RequestProblem.Invalid("api_key", "The API key must be 1 to 1000 ASCII characters without spaces.");
        if (variable != null && !VariableName().IsMatch(variable))
            throw RequestProblem.Invalid("api_key_env", "The name of an environment variable has letters, digits and underscores and does not begin with a digit.");
    }

    private static bool IsBaseUrl(string url) =>
        url.Length <= 2000 && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,199}\\z")]
    private static partial Regex VariableName();
}
