namespace ChatApp.Data.Entities;

/// <summary>A key with which an external app acts as its owner. The key itself is shown once and never stored.</summary>
public sealed class ApiKey
{
    public Guid Id { get; set; }
    public Guid UserId { get; set; }
    public Account? User { get; set; }
    public required string Name { get; set; }

    /// <summary>The first characters of the key, enough for its owner to tell two keys apart.</summary>
    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the whole key. The key has 256 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Space-separated scope names, a subset of what the owner may do.</summary>
    public required string Scopes { get; set; }

    public DateTime CreatedAt { get; set; }
    public DateTime? ExpiresAt { get; set; }
    public DateTime? LastUsedAt { get; set; }
    public DateTime? RevokedAt { get; set; }
}
