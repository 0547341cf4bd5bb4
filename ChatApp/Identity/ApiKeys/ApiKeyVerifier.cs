using System.Collections.Concurrent;
using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity.ApiKeys;

/// <summary>Looks keys up, and remembers good ones for <see cref="Freshness"/> so that a busy key costs no query per request.</summary>
internal sealed class ApiKeyVerifier(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    /// <summary>How long a revoked key, or one of a demoted or disabled owner, may go on.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan RenewalDelay = TimeSpan.FromMilliseconds(100);

    // Holds only keys that exist, so its size is bounded by the table.
    private readonly ConcurrentDictionary<ApiKeyHash, VerifiedKey> _verified = new();
    private readonly ConcurrentDictionary<ApiKeyHash, Lazy<Task<VerifiedKey?>>> _loading = new();

    /// <summary>The key with this hash; null where there is none, it is revoked or expired, or its owner is disabled.</summary>
    public ValueTask<VerifiedKey?> FindAsync(ApiKeyHash hash)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (!_verified.TryGetValue(hash, out var key) || !key.IsFresh(now))
            return new ValueTask<VerifiedKey?>(LoadAsync(hash));
        // Ahead of time while the key is in use, so that its requests need not wait for the database.
        if (key.TryClaimRenewal(now))
            _ = Task.Run(() => RenewAsync(hash));
        return ValueTask.FromResult(key.IsExpired(now) ? null : key);
    }

    /// <summary>The next request after the key's freshness meets the failure, if the database still has one.</summary>
    private async Task RenewAsync(ApiKeyHash hash)
    {
        try
        {
            // The request that noticed comes first, also on a single core.
            await Task.Delay(RenewalDelay, time);
            await LoadAsync(hash);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
        }
    }

    /// <summary>The key as the database has it now; null as in <see cref="FindAsync"/>.</summary>
    // Requests that arrive together share one query; it belongs to none of them, so none can cancel it.
    public async Task<VerifiedKey?> LoadAsync(ApiKeyHash hash)
    {
        var load = _loading.GetOrAdd(hash, h => new Lazy<Task<VerifiedKey?>>(() => QueryAsync(h)));
        try
        {
            return await load.Value;
        }
        finally
        {
            _loading.TryRemove(KeyValuePair.Create(hash, load));
        }
    }

    private async Task<VerifiedKey?> QueryAsync(ApiKeyHash hash)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        byte[] bytes = hash.ToArray();
        var row = await (
            from key in db.ApiKeys
            join owner in db.Users on key.UserId equals owner.Id
            where key.Hash == bytes && key.RevokedAt == null && owner.DisabledAt == null
            select new { key.Id, key.Scopes, key.ExpiresAt, key.LastUsedAt, OwnerId = owner.Id, owner.UserName, IsAdmin = db.AdminIds().Contains(owner.Id) }
        ).FirstOrDefaultAsync(CancellationToken.None);
        if (row is null || row.ExpiresAt <= now)
        {
            _verified.TryRemove(hash, out _);
            return null;
        }

        var ticket = new AuthenticationTicket(Principal(row.OwnerId, row.UserName!, row.IsAdmin, row.Scopes), ApiKeyHandler.SchemeName);
        return _verified[hash] = new VerifiedKey(row.Id, AuthenticateResult.Success(ticket), now, row.ExpiresAt, row.LastUsedAt);
    }

    private static ClaimsPrincipal Principal(Guid ownerId, string name, bool isAdmin, string scopes)
    {
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, ownerId.ToString()), new(ClaimTypes.Name, name), new(ClaimTypes.Role, Roles.User)], ApiKeyHandler.SchemeName);
        if (isAdmin)
            identity.AddClaim(new(ClaimTypes.Role, Roles.Admin));
        identity.AddClaims(Permissions.ScopeClaims(Permissions.EffectiveScopes(scopes, isAdmin)));
        return new ClaimsPrincipal(identity);
    }
}
