namespace ChatApp.Data.Entities;

/// <summary>The wire that a provider speaks.</summary>
public enum ProviderKind
{
    /// <summary>Offline and built in: answers from the product's own docs, no model behind it.</summary>
    Demo,

    /// <summary>OpenAI chat completions at any base URL.</summary>
    OpenAI,

    /// <summary>Anthropic messages.</summary>
    Anthropic,
}

/// <summary>A service that serves models, with the credentials to call it.</summary>
public sealed class Provider
{
    public Guid Id { get; set; }

    /// <summary>Unique, lower case; the first half of a model's address <c>provider/model</c>.</summary>
    public required string Slug { get; set; }

    public required string Name { get; set; }
    public ProviderKind Kind { get; set; }

    /// <summary>Root of the API, e.g. <c>https://api.openai.com/v1</c>; null for the kind's own default.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>The API key under Data Protection; null when none is needed or an environment variable holds it.</summary>
    public string? ProtectedApiKey { get; set; }

    /// <summary>Name of the environment variable that holds the API key.</summary>
    public string? ApiKeyVariable { get; set; }

    /// <summary>Whether <c>slug/anything</c> addresses a model that has no row.</summary>
    public bool AnyModel { get; set; }

    public bool Enabled { get; set; } = true;
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public List<Model> Models { get; } = [];
}

/// <summary>A model of a provider, addressed as <c>provider-slug/name</c>.</summary>
public sealed class Model
{
    public Guid Id { get; set; }
    public Guid ProviderId { get; set; }
    public Provider? Provider { get; set; }

    /// <summary>The name the provider knows it by.</summary>
    public required string Name { get; set; }

    public string? DisplayName { get; set; }

    /// <summary>Tokens; null when unknown.</summary>
    public int? ContextWindow { get; set; }

    /// <summary>US dollars per million input tokens; null when unknown.</summary>
    public decimal? InputPrice { get; set; }

    /// <summary>US dollars per million output tokens; null when unknown.</summary>
    public decimal? OutputPrice { get; set; }

    /// <summary>Used where neither the request nor the agent names a model. At most one row has it.</summary>
    public bool IsDefault { get; set; }

    public Guid? FallbackModelId { get; set; }

    /// <summary>Whether it can look at images; null when unknown, which counts as yes.</summary>
    public bool? Vision { get; set; }
    public DateTime CreatedAt { get; set; }
}
