using System.Collections.Concurrent;
using System.Security.Claims;
using ChatApp.Identity.ApiKeys;

namespace ChatApp.Identity;

/// <summary>
/// Aborts long responses whose key has been revoked or has expired, or whose account has been disabled, demoted or promoted: a
/// right is else asked for only when a request begins. Each credential is looked at once for all its responses.
/// </summary>
internal sealed partial class OpenResponses(ApiKeyVerifier keys, SessionCheck sessions, TimeProvider time, ILogger<OpenResponses> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<Entry, Credential> _open = new();

    /// <summary>
    /// Watches the response to a request until what this gives is disposed of, which must be before the request ends. Null for a
    /// request without an account: it has no right of one that could be lost.
    /// </summary>
    public IDisposable? Watch(HttpContext http) => http.User.Identity is { IsAuthenticated: true } ? Watch(http, CredentialOf(http)) : null;

    /// <summary>The same for another credential, which may be the second of a request.</summary>
    public IDisposable Watch(HttpContext http, Credential credential)
    {
        var entry = new Entry(this, http);
        _open[entry] = credential;
        return entry;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(IdentityServices.RevalidationInterval, time, stoppingToken);
            foreach (var responses in _open.GroupBy(open => open.Value, open => open.Key))
            {
                if (await IsValidAsync(responses.Key, stoppingToken))
                    continue;
                foreach (var response in responses)
                    response.Abort();
            }
        }
    }

    private async Task<bool> IsValidAsync(Credential credential, CancellationToken cancellationToken)
    {
        try
        {
            return credential switch
            {
                // Not from memory: what is up to four seconds old there would be seven here.
                KeyCredential key => await keys.LoadAsync(key.Hash) is { } found && RightsOf(found.Result.Principal!) == key.Rights,
                CheckedCredential other => await other.IsValidAsync(cancellationToken),
                SessionCredential session => await sessions.IsValidAsync(session.Principal, cancellationToken),
                _ => false,
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The database does not answer: nobody has lost a right by that, and it is asked again soon.
            LogNotChecked(e);
            return true;
        }
    }

    private Credential CredentialOf(HttpContext http)
    {
        string rights = RightsOf(http.User);
        return ApiKeyHandler.TryRead(http.Request, out var hash)
            ? new KeyCredential(hash, rights)
            : new SessionCredential(http.User, CurrentUser.From(http.User).Id, SessionCheck.SessionOf(http.User), sessions.StampOf(http.User), rights);
    }

    private static string RightsOf(ClaimsPrincipal principal)
    {
        var user = CurrentUser.From(principal);
        return $"{user.IsAdmin} {string.Join(' ', user.Scopes.Order())}";
    }

    private sealed class Entry(OpenResponses owner, HttpContext http) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _ended;

        public void Abort()
        {
            // A context is used again for another request: never one that has ended.
            lock (_lock)
            {
                if (!_ended)
                    http.Abort();
            }
        }

        public void Dispose()
        {
            lock (_lock)
                _ended = true;
            owner._open.TryRemove(this, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rights of open responses could not be looked up.")]
    private partial void LogNotChecked(Exception exception);
}
