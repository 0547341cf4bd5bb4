using Microsoft.AspNetCore.Authentication;

namespace ChatApp.Identity.ApiKeys;

/// <summary>A key that was good when it was looked up.</summary>
/// <param name="loadedAt">When the lookup began: what has changed since may not be in it.</param>
internal sealed class VerifiedKey(Guid id, AuthenticateResult result, DateTime loadedAt, DateTime? expiresAt, DateTime? lastUsedAt)
{
    private long _lastUse = lastUsedAt?.Ticks ?? 0;
    private int _renewals;

    public Guid Id { get; } = id;

    /// <summary>Made once, shared by all requests with this key.</summary>
    public AuthenticateResult Result { get; } = result;

    public bool IsFresh(DateTime now) => now - loadedAt < ApiKeyVerifier.Freshness;

    /// <summary>True once, from half of the freshness on.</summary>
    public bool TryClaimRenewal(DateTime now) =>
        now - loadedAt > ApiKeyVerifier.Freshness / 2 && Interlocked.Exchange(ref _renewals, 1) == 0;

    public bool IsExpired(DateTime now) => expiresAt <= now;

    /// <summary>True for the one request per minute whose use is to be written down.</summary>
    public bool TryClaimUse(DateTime now)
    {
        long last = Volatile.Read(ref _lastUse);
        return now.Ticks - last >= TimeSpan.TicksPerMinute && Interlocked.CompareExchange(ref _lastUse, now.Ticks, last) == last;
    }
}
