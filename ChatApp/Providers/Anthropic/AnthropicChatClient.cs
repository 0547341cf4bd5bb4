using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.Anthropic;

/// <summary>
/// Anthropic messages through the official SDK, which makes the requests and reads the events; faults are told apart by
/// <see cref="AnthropicWatch"/> below it. The SDK's retries and time-out are off: the engine has its own.
/// </summary>
/// <param name="http">The pool of connections.</param>
/// <param name="provider">Its name, for messages to people.</param>
/// <param name="baseUrl">Root of the API, without <c>/v1</c>.</param>
internal sealed class AnthropicChatClient : IChatClient
{
    private const int DefaultMaxOutputTokens = 8192;

    private readonly ProviderErrors _errors;
    private readonly IChatClient _inner;

    public AnthropicChatClient(ProviderHttp http, string provider, Uri baseUrl, string? apiKey, TimeProvider time)
    {
        _errors = new ProviderErrors(provider, apiKey, time);
        var client = new AnthropicClient(new ClientOptions
        {
            // Not null: then the SDK would take a credential from the environment, whoever the provider is.
            ApiKey = apiKey ?? "none",
            BaseUrl = baseUrl.AbsoluteUri.TrimEnd('/'),
            HttpClient = http.NewClient(new AnthropicWatch(_errors)),
            MaxRetries = 0,
            Timeout = TimeSpan.FromDays(1),
        });
        _inner = client.AsIChatClient(null, DefaultMaxOutputTokens);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = _inner.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        bool finished = false;
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                    break;
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw Translate(e);
            }
            finished |= updates.Current.FinishReason is not null;
            yield return updates.Current;
        }
        if (!finished)
            throw _errors.EndedEarly();
    }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : _inner.GetService(serviceType, serviceKey);

    public void Dispose()
    {
        // Owns nothing.
    }

    private ProviderException Translate(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            if (e is ProviderException known)
                return known;
        return exception switch
        {
            AnthropicSseException e => _errors.FromFrame(e.Body.ToString()),
            AnthropicInvalidDataException e => _errors.FromException(new InvalidDataException(e.Message, e), streaming: true),
            _ => _errors.FromException(exception, streaming: true),
        };
    }
}
