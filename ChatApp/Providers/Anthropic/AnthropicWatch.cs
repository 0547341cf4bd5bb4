namespace ChatApp.Providers.Anthropic;

/// <summary>
/// Stands between the SDK and the network and names the faults that the SDK would swallow, retry or hide in exceptions of
/// its own: failed requests, failed statuses, a body that breaks off, and one that ends without <c>message_stop</c>.
/// </summary>
internal sealed class AnthropicWatch(ProviderErrors errors) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw errors.FromException(e, streaming: false);
        }
        if (!response.IsSuccessStatusCode)
        {
            using (response)
                throw errors.FromStatus(response, await ProviderErrors.ReadBodyAsync(response, cancellationToken));
        }
        if (response.Content.Headers.ContentType?.MediaType is { } type and not "text/event-stream")
        {
            response.Dispose();
            throw errors.NotAStream(type);
        }
        var watched = new StreamContent(new WatchedBody(await response.Content.ReadAsStreamAsync(cancellationToken), errors));
        foreach (var header in response.Content.Headers)
            watched.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content = watched;
        return response;
    }
}
