using ChatApp.Data.Entities;

namespace ChatApp.Providers;

/// <summary>A provider to add.</summary>
/// <param name="Slug">First half of its models' addresses: lower-case letters, digits and hyphens, at most 63.</param>
public sealed record NewProvider(string Slug, ProviderKind Kind)
{
    /// <summary>For people; null for the slug.</summary>
    public string? Name { get; init; }

    /// <summary>Root of the API; null for the kind's own.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>The key itself, stored encrypted. At most one of this and <see cref="ApiKeyVariable"/>.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Name of the environment variable that holds the key.</summary>
    public string? ApiKeyVariable { get; init; }

    /// <summary>Whether <c>slug/anything</c> addresses a model.</summary>
    public bool AnyModel { get; init; }

    // The generated one would print the key.
    public override string ToString() => $"{Kind} {Slug}";
}

/// <summary>A model to add.</summary>
/// <param name="Provider">The provider's slug.</param>
/// <param name="Name">The name the provider knows it by.</param>
/// <param name="IsDefault">Whether it becomes the default model in place of the present one.</param>
/// <param name="Fallback">Address of the model that answers when this one fails before its first token; null for none.</param>
/// <param name="Vision">Whether it can look at images; null when unknown, which counts as yes.</param>
/// <param name="ContextWindow">Tokens, from 1; null when unknown.</param>
public sealed record NewModel(string Provider, string Name, bool IsDefault = false, string? Fallback = null, bool? Vision = null, int? ContextWindow = null);

/// <summary>A provider as an admin sees it. Never has the key.</summary>
/// <param name="Problem">Why it can't be called, for a person; null when it can.</param>
/// <param name="Models">Sorted by name.</param>
public sealed record ProviderView(
    string Slug, string Name, ProviderKind Kind, string? BaseUrl, bool HasApiKey, string? ApiKeyVariable, bool AnyModel, bool Enabled,
    string? Problem, IReadOnlyList<ModelView> Models);

/// <summary>A model as an admin sees it.</summary>
/// <param name="Address"><c>provider-slug/name</c>.</param>
/// <param name="Vision">Whether it can look at images; null when unknown.</param>
public sealed record ModelView(string Address, string Name, bool IsDefault, bool? Vision = null);
