namespace ChatApp.Dialects.Sse;

/// <summary>
/// Ends a response without its end (no terminating chunk, RFC 9112 section 7.1), for clients that see a failure only by that.
/// Unlike <see cref="HttpContext.Abort"/>, which throws away what the socket has not taken yet, all that was written still arrives:
/// the server does so where an exception reaches it from a response that has begun.
/// </summary>
internal static class StreamCut
{
    private static readonly object Wanted = new();

    /// <summary>Cuts this response when its handler has ended.</summary>
    public static void After(HttpContext http) => http.Items[Wanted] = true;

    /// <summary>Keeps the server from logging cuts as errors of the application, in the loggers that are registered so far.</summary>
    public static void AddStreamCuts(this IServiceCollection services)
    {
        var loggers = services.Last(s => s.ServiceType == typeof(ILoggerFactory));
        services.AddSingleton<ILoggerFactory>(provider => new StreamCutLogs((ILoggerFactory)(loggers.ImplementationInstance
            ?? loggers.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, loggers.ImplementationType!))));
    }

    /// <summary>Has to come before everything that handles exceptions.</summary>
    public static void UseStreamCuts(this WebApplication app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (http.Items.ContainsKey(Wanted))
            throw new StreamCutException();
    });
}

/// <summary>Not a fault of the server: the answer failed, and this is how its wire format says so.</summary>
internal sealed class StreamCutException() : Exception("The answer failed; its stream was cut, as the clients of this API expect.");
