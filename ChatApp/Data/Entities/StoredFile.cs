namespace ChatApp.Data.Entities;

/// <summary>A file that a person has given, such as an image for a model to look at.</summary>
public sealed class StoredFile
{
    public Guid Id { get; set; }
    public Guid OwnerId { get; set; }

    /// <summary>For people; never part of a path.</summary>
    public required string Name { get; set; }

    /// <summary>By its content, not by its name.</summary>
    public required string MediaType { get; set; }

    public required byte[] Content { get; set; }

    /// <summary>Bytes of <see cref="Content"/>.</summary>
    public long Size { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>A file or an address that goes with a message. Exactly one of the two is set.</summary>
public sealed class MessageAttachment
{
    public Guid MessageId { get; set; }

    /// <summary>0, 1, 2 … within the message.</summary>
    public int Position { get; set; }

    public Guid? FileId { get; set; }

    /// <summary>An https address that the provider, never this server, reads.</summary>
    public string? Url { get; set; }
}
