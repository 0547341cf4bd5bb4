using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity.ApiKeys;

/// <summary>A key as its owner sees it afterwards.</summary>
/// <param name="Prefix">The first characters of the key.</param>
public sealed record ApiKeyView(
    Guid Id, string Name, string Prefix, string Scopes, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? LastUsedAt);

/// <summary>A key just made. <paramref name="Secret"/> is the key itself and is not to be had again.</summary>
public sealed record NewApiKey(Guid Id, string Secret);

/// <summary>Makes, lists and revokes a person's API keys.</summary>
public sealed class ApiKeyService(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    private const int MaximumNameLength = 100;
    private const int MaximumKeys = 100;

    /// <summary>Makes a key for an account.</summary>
    /// <param name="scopes">Space- or comma-separated; null for <see cref="Scopes.Default"/>.</param>
    /// <param name="expiresAt">UTC; null for a key that does not expire.</param>
    /// <exception cref="RequestProblem">
    /// 400 for a bad name, scope or expiry, 403 for a scope wider than the owner's rights, 404 for an unknown account, 409 at the limit.
    /// </exception>
    public async Task<NewApiKey> CreateAsync(Guid ownerId, string name, string? scopes, DateTime? expiresAt, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > MaximumNameLength)
            throw RequestProblem.Invalid("name", $"Give the key a name of at most {MaximumNameLength} characters.");
        var now = time.GetUtcNow().UtcDateTime;
        if (expiresAt <= now)
            throw RequestProblem.Invalid("expires_at", "Choose an expiry in the future.");
        string[] wanted = Parse(scopes);

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Users.AnyAsync(u => u.Id == ownerId, cancellationToken))
            throw RequestProblem.NotFound("user", "There is no such account.");
        bool isAdmin = await db.AdminIds().AnyAsync(id => id == ownerId, cancellationToken);
        if (wanted.Except(Permissions.ScopesOf(isAdmin)).FirstOrDefault() is { } tooWide)
            throw new RequestProblem(403, "scope_not_allowed", $"The scope {tooWide} is wider than the account's own rights.", "scopes");
        if (await db.ApiKeys.CountAsync(k => k.UserId == ownerId && k.RevokedAt == null, cancellationToken) >= MaximumKeys)
            throw new RequestProblem(409, "too_many_keys", $"An account can have {MaximumKeys} keys. Revoke one that is no longer used.");

        string secret = ApiKeyFormat.Create();
        ApiKeyFormat.TryHash(secret, out var hash);
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(), UserId = ownerId, Name = name, Prefix = secret[..ApiKeyFormat.PrefixLength], Hash = hash.ToArray(),
            Scopes = string.Join(' ', wanted), CreatedAt = now, ExpiresAt = expiresAt,
        };
        db.ApiKeys.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        return new NewApiKey(key.Id, secret);
    }

    /// <summary>The account's keys that are not revoked, newest first.</summary>
    public async Task<IReadOnlyList<ApiKeyView>> ListAsync(Guid ownerId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.AsNoTracking()
            .Where(k => k.UserId == ownerId && k.RevokedAt == null)
            .OrderByDescending(k => k.CreatedAt)
            .Select(k => new ApiKeyView(k.Id, k.Name, k.Prefix, k.Scopes, k.CreatedAt, k.ExpiresAt, k.LastUsedAt))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Ends a key; it fails within five seconds. False when the account has no such key.</summary>
    public async Task<bool> RevokeAsync(Guid ownerId, Guid keyId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await db.ApiKeys.Where(k => k.Id == keyId && k.UserId == ownerId && k.RevokedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(k => k.RevokedAt, now), cancellationToken) > 0;
    }

    private static string[] Parse(string? scopes)
    {
        string[] wanted = [.. (scopes ?? Scopes.Default).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Distinct()];
        if (wanted.Except(Scopes.All).FirstOrDefault() is { } unknown)
            throw RequestProblem.Invalid("scopes", $"There is no scope {unknown}. Scopes are {string.Join(", ", Scopes.All)}.");
        return wanted is [] ? throw RequestProblem.Invalid("scopes", "Choose at least one scope.") : wanted;
    }
}
