namespace ChatApp.Data.Entities;

/// <summary>Points that a person has received. What they have used stands in <see cref="UsageEntry.Points"/>.</summary>
public sealed class PointsEntry
{
    public Guid Id { get; set; }
    public Guid OwnerId { get; set; }
    public PointsKind Kind { get; set; }

    /// <summary>Above 0.</summary>
    public int Points { get; set; }

    /// <summary>Why, for the person.</summary>
    public string? Note { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>How a person came by points.</summary>
public enum PointsKind
{
    Earned,
    Purchased,
}
