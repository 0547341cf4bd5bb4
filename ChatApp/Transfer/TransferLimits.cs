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

    /// <summary>Values and names in one conversation's JSON: each costs memory beyond its bytes. A message of ChatGPT's has 60 to 100.</summary>
    public int MaxConversationTokens { get; set; } = 4_000_000;

    /// <summary>Conversations of one file, taken or not: nobody has more, and each costs a look into the database.</summary>
    public int MaxConversations { get; set; } = 100_000;

    /// <summary>Conversations that can't be taken, before the rest of the file is left alone.</summary>
    public int MaxRefused { get; set; } = 10_000;

    /// <summary>Messages of one conversation.</summary>
    public int MaxMessages { get; set; } = 20_000;

    /// <summary>Characters of one message: as many as an answer here can have. It is stored and indexed at once, and meanwhile nobody else can write.</summary>
    public int MaxMessageChars { get; set; } = 4_000_000;

    /// <summary>Files and addresses that go with the messages of one conversation, all together.</summary>
    public int MaxAttachments { get; set; } = 10_000;
}
