namespace ChatApp.Dialects.Sse;

/// <summary>
/// The loggers of the application, but for the server's: that one takes each <see cref="StreamCutException"/> for a fault, with its
/// stack, where it is the regular end of an answer that failed. Whether it failed is logged with the run.
/// </summary>
internal sealed class StreamCutLogs(ILoggerFactory inner) : ILoggerFactory
{
    private const string Server = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName) =>
        categoryName == Server ? new ServerLogger(inner.CreateLogger(categoryName)) : inner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private sealed class ServerLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(exception is StreamCutException ? LogLevel.Debug : logLevel, eventId, state, exception, formatter);
    }
}
