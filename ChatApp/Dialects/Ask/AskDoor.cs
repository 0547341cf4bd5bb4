using System.Collections.Concurrent;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Identity;

namespace ChatApp.Dialects.Ask;

/// <summary>Closes the responses of those whom a session lets in no longer: shut out, or guests of one that is not open to all any more.</summary>
internal sealed class AskDoor(AskSessions sessions, OpenResponses open, TimeProvider time)
{
    // Everybody who watches is asked for in one round, every few seconds: one look at a session with all its people serves them all.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (AskDetails? Ask, long At)> _looks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Watches the response until what this gives is disposed of.</summary>
    public IDisposable Watch(HttpContext http, string key, AskCaller caller) => open.Watch(
        http, new CheckedCredential((key, caller.User?.Id, caller.InviteToken), cancellationToken => MayEnterAsync(key, caller, cancellationToken)));

    internal async Task<bool> MayEnterAsync(string key, AskCaller caller, CancellationToken cancellationToken)
    {
        try
        {
            if (await LookAsync(key, cancellationToken) is not { } ask)
                return false;
            AskAccess.Enter(ask, caller);
            return true;
        }
        catch (RequestProblem)
        {
            return false;
        }
    }

    private async ValueTask<AskDetails?> LookAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var look in _looks)
        {
            if (time.GetElapsedTime(look.Value.At) >= Fresh)
                _looks.TryRemove(look);
        }
        if (_looks.TryGetValue(key, out var fresh))
            return fresh.Ask;
        // As old as the moment in which it is asked for, however long the answer takes.
        long at = time.GetTimestamp();
        var ask = await sessions.FindAsync(key, cancellationToken);
        _looks[key] = (ask, at);
        return ask;
    }
}
