using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>
/// Streams chat completions from any server that speaks OpenAI's wire. Deltas that are already here when the first of them is
/// read become one update; nothing ever waits for more. What goes wrong is a <see cref="ProviderException"/>.
/// </summary>
/// <param name="http">Shared; not disposed.</param>
/// <param name="provider">Its name, for messages to people.</param>
/// <param name="baseUrl">Root of the API, as <c>https://api.openai.com/v1</c>; its query, if any, goes with each request.</param>
/// <param name="apiKey">Null where the server wants none.</param>
internal sealed class OpenAIChatClient(HttpClient http, string provider, Uri baseUrl, string? apiKey, TimeProvider time) : IChatClient
{
    private const int MaxUpdateUnits = 64 * 1024;

    private readonly ProviderErrors _errors = new(provider, apiKey, time);
    private readonly Uri _endpoint = new UriBuilder(baseUrl) { Path = baseUrl.AbsolutePath.TrimEnd('/') + "/chat/completions" }.Uri;
    private readonly AuthenticationHeaderValue? _authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);

    // OpenAI's reasoning models know only the new name, most other servers only the old one.
    private readonly string _maxTokensName = baseUrl.Host == "api.openai.com" ? "max_completion_tokens" : "max_tokens";

    // Cleared when the server turns out to refuse the question for usage.
    private volatile bool _asksForUsage = true;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(messages, options, cancellationToken);
        using var chunks = new ChunkReader(_errors);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var events = new EventReader(body);
        ProviderException? failure = null;
        bool open = true, first = true;
        while (open)
        {
            var filling = events.FillAsync(cancellationToken);
            if (!filling.IsCompleted && chunks.HasUpdate)
                yield return chunks.Take();
            try
            {
                open = await filling;
                chunks.Read(events);
                open &= !chunks.Done;
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                failure = _errors.FromException(e, streaming: true);
                open = false;
            }
            if (!open)
                chunks.Close();
            if (chunks.HasUpdate && (first || !open || chunks.Waiting >= MaxUpdateUnits))
            {
                first = false;
                yield return chunks.Take();
            }
        }
        if (chunks.TakeUsage() is { } usage)
            yield return usage;
        // A connection that breaks after the finish reason has lost nothing.
        if (failure is not null && !(failure.Fault == ProviderFault.Dropped && chunks.Finished))
            throw failure;
        if (!chunks.Finished)
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
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(provider, baseUrl)
        : serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // Owns nothing.
    }

    private async Task<HttpResponseMessage> SendAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var list = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        bool usage = _asksForUsage;
        while (true)
        {
            var response = await PostAsync(RequestWriter.Write(list, options, usage, _maxTokensName), cancellationToken);
            if (response.IsSuccessStatusCode)
                return CheckedStream(response);
            using (response)
            {
                string body = await ProviderErrors.ReadBodyAsync(response, cancellationToken);
                bool refusesUsage = usage && response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity
                    && body.Contains("stream_options", StringComparison.Ordinal);
                if (!refusesUsage)
                    throw _errors.FromStatus(response, body);
            }
            _asksForUsage = usage = false;
        }
    }

    private async Task<HttpResponseMessage> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Authorization = _authorization;
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            // The connection holds the request as long as the answer takes; a long conversation need not stay in memory with it.
            request.Content = null;
            return response;
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _errors.FromException(e, streaming: false);
        }
    }

    private HttpResponseMessage CheckedStream(HttpResponseMessage response)
    {
        string? type = response.Content.Headers.ContentType?.MediaType;
        if (type is not ("application/json" or "text/html"))
            return response;
        response.Dispose();
        throw _errors.NotAStream(type);
    }
}
