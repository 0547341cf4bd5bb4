using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Microsoft.Extensions.AI;
using RawMessageStreamEvent = Anthropic.Models.Messages.RawMessageStreamEvent;

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
        int calls = 0;
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
            if (PieceOfCall(updates.Current, ref calls) is { } piece)
                updates.Current.Contents.Add(piece);
            yield return updates.Current;
        }
        if (!finished)
            throw _errors.EndedEarly();
    }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            update.Contents = [.. update.Contents.Where(c => c is not ToolCallDelta)];
            updates.Add(update);
        }
        return updates.ToChatResponse();
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : _inner.GetService(serviceType, serviceKey);

    public void Dispose()
    {
        // Owns nothing.
    }

    /// <summary>The SDK gathers the arguments of a call and gives it whole: its pieces stand in the raw events only.</summary>
    private static ToolCallDelta? PieceOfCall(ChatResponseUpdate update, ref int calls)
    {
        if (update.RawRepresentation is not RawMessageStreamEvent e)
            return null;
        if (e.TryPickContentBlockStart(out var start) && start.ContentBlock.TryPickToolUse(out var tool))
            return new ToolCallDelta(calls++, tool.ID, tool.Name, "");
        return e.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickInputJson(out var part)
            ? new ToolCallDelta(calls - 1, null, null, part.PartialJson)
            : null;
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
