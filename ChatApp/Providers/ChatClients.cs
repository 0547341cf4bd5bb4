using System.Collections.Concurrent;
using ChatApp.Data.Entities;
using ChatApp.Providers.Anthropic;
using ChatApp.Providers.Demo;
using ChatApp.Providers.OpenAICompatible;
using ChatApp.Settings;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers;

/// <summary>A provider's client, and why it can't be called if it can't.</summary>
/// <param name="Problem">A sentence for an admin; null when it can be called.</param>
public sealed record ProviderClient(IChatClient Client, string? Problem);

/// <summary>
/// Makes the client of each provider, once for as long as its settings stay the same. A replaced client is left to runs that
/// still use it: it owns nothing, the connections belong to <see cref="ProviderHttp"/>.
/// </summary>
public sealed class ChatClients(ProviderHttp http, SecretProtector secrets, DocsIndex docs, TimeProvider time)
{
    public const string OpenAIBaseUrl = "https://api.openai.com/v1";
    public const string AnthropicBaseUrl = "https://api.anthropic.com";

    private readonly ConcurrentDictionary<Guid, (Settings Settings, ProviderClient Client)> _clients = new();

    public ProviderClient For(Provider provider)
    {
        (string? key, string? problem) = Key(provider);
        var settings = new Settings(provider.Kind, provider.Name, BaseUrl(provider), key, problem);
        if (_clients.TryGetValue(provider.Id, out var known) && known.Settings == settings)
            return known.Client;
        var client = new ProviderClient(NewClient(settings), problem);
        _clients[provider.Id] = (settings, client);
        return client;
    }

    private IChatClient NewClient(Settings settings) => settings.Kind switch
    {
        ProviderKind.OpenAI => new OpenAIChatClient(http.Client, settings.Name, new Uri(settings.BaseUrl!), settings.Key, time),
        ProviderKind.Anthropic => new AnthropicChatClient(http, settings.Name, new Uri(settings.BaseUrl!), settings.Key, time),
        ProviderKind.Demo => new DemoChatClient(docs, time),
        _ => throw new InvalidOperationException($"No client for a provider of kind {settings.Kind}."),
    };

    private (string? Key, string? Problem) Key(Provider provider)
    {
        if (provider.Kind == ProviderKind.Demo)
            return (null, null);
        if (provider.ApiKeyVariable is { } variable)
        {
            string? value = Environment.GetEnvironmentVariable(variable);
            return string.IsNullOrWhiteSpace(value)
                ? (null, $"The provider {provider.Name} needs an API key, and the environment variable {variable} is not set.")
                : (value.Trim(), null);
        }
        if (provider.ProtectedApiKey is not null)
        {
            try
            {
                return (secrets.Unprotect(provider.ProtectedApiKey), null);
            }
            catch (UnreadableSecretException e)
            {
                return (null, $"The API key of the provider {provider.Name} can't be used. {e.Message}");
            }
        }
        return NeedsKey(provider)
            ? (null, $"The provider {provider.Name} needs an API key and has none.")
            : (null, null);
    }

    private static string? BaseUrl(Provider provider) => provider.BaseUrl ?? provider.Kind switch
    {
        ProviderKind.OpenAI => OpenAIBaseUrl,
        ProviderKind.Anthropic => AnthropicBaseUrl,
        _ => null,
    };

    private static bool NeedsKey(Provider provider) =>
        BaseUrl(provider) is { } url && new Uri(url).Host is "api.openai.com" or "api.anthropic.com";

    private sealed record Settings(ProviderKind Kind, string Name, string? BaseUrl, string? Key, string? Problem)
    {
        // The generated one would print the key.
        public override string ToString() => $"{Kind} {Name}";
    }
}
