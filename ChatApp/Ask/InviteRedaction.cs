using System.Collections;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace ChatApp.Ask;

/// <summary>
/// Keeps invitations out of every log. Their tokens stand in addresses, and addresses in the framework's own messages: of requests, of
/// redirects, of a page's navigation.
/// </summary>
internal static partial class InviteRedaction
{
    /// <summary>Every logger of the application goes through it, whatever it writes to.</summary>
    public static IServiceCollection AddInviteRedaction(this IServiceCollection services) =>
        services.AddSingleton<ILoggerFactory>(provider => new Factory(new LoggerFactory(
            provider.GetServices<ILoggerProvider>(), provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
            provider.GetService<IOptions<LoggerFactoryOptions>>(), provider.GetService<IExternalScopeProvider>())));

    [GeneratedRegex(InviteTokens.Marker + "[A-Za-z0-9_-]{8,}")]
    private static partial Regex Token();

    private static string Redact(string text) => Token().Replace(text, InviteTokens.Marker + "…");

    private sealed class Factory(LoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Logger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull =>
            state is IEnumerable<KeyValuePair<string, object?>> values && values.Any(HasToken)
                ? inner.BeginScope(new Values(values, Redact(state.ToString() ?? "")))
                : inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
                return;
            string text = formatter(state, exception);
            var values = state as IEnumerable<KeyValuePair<string, object?>>;
            if (!Token().IsMatch(text) && values?.Any(HasToken) != true)
                inner.Log(logLevel, eventId, state, exception, formatter);
            else
                inner.Log(logLevel, eventId, new Values(values ?? [], Redact(text)), exception, static (s, _) => s.ToString());
        }

        private static bool HasToken(KeyValuePair<string, object?> value) => Token().IsMatch(value.Value?.ToString() ?? "");
    }

    /// <summary>What a message or a scope says, without tokens.</summary>
    private sealed class Values(IEnumerable<KeyValuePair<string, object?>> values, string text) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly KeyValuePair<string, object?>[] _values =
            [.. values.Select(v => v.Value?.ToString() is { } s && Token().IsMatch(s) ? KeyValuePair.Create(v.Key, (object?)Redact(s)) : v)];

        public KeyValuePair<string, object?> this[int index] => _values[index];

        public int Count => _values.Length;

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => text;
    }
}
