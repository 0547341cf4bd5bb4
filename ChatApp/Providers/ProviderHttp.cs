using System.Net;

namespace ChatApp.Providers;

/// <summary>The one connection pool to all providers. Configuration: <c>Providers:Proxy</c>, a URL; none means no proxy.</summary>
public sealed class ProviderHttp : IDisposable
{
    private readonly SocketsHttpHandler _handler;

    public ProviderHttp(IConfiguration configuration)
    {
        string? proxy = configuration["Providers:Proxy"];
        _handler = new SocketsHttpHandler
        {
            UseProxy = !string.IsNullOrEmpty(proxy),
            Proxy = string.IsNullOrEmpty(proxy) ? null : new WebProxy(proxy),
            // A redirect would carry the API key and the conversation to an address that nobody configured.
            AllowAutoRedirect = false,
            UseCookies = false,
            // The ids of our own traces are nothing to a provider.
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        };
        Client = NewClient(null);
    }

    /// <summary>Shared; never disposed by its users. Has no time-out of its own: a run knows how long it may be silent.</summary>
    public HttpClient Client { get; }

    /// <summary>A client on the same pool with a handler of its own in front.</summary>
    public HttpClient NewClient(DelegatingHandler? front)
    {
        front?.InnerHandler = _handler;
        return new HttpClient((HttpMessageHandler?)front ?? _handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose()
    {
        Client.Dispose();
        _handler.Dispose();
    }
}
