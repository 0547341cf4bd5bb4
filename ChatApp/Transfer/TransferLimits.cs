namespace ChatApp.Transfer;

/// <summary>Configuration section <c>Transfer</c>: what an import may take. Chosen so that ten years of somebody's chats fit and a bomb does not.</summary>
public sealed class TransferLimits
{
    /// <summary>Largest file that is taken, in bytes. Not a setting: it is part of the routes.</summary>
    public const long MaxUploadBytes = 512L * 1024 * 1024;

    /// <summary>All that a zip file may unpack to, in bytes.</summary>
    public long MaxUnpackedBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Files in a zip file.</summary>
    public int MaxEntries { get; set; } = 100_000;

    /// <summary>By how much one file of a zip file may grow, once it is larger than a megabyte. Chats grow by 3 to 20.</summary>
    public int MaxRatio { get; set; } = 250;

    /// <summary>One conversation as JSON, in bytes; that much is held in memory at a time.</summary>
    public int MaxConversationBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Messages of one conversation: they are stored in one transaction, and meanwhile nobody else can write.</summary>
    public int MaxMessages { get; set; } = 20_000;
}
