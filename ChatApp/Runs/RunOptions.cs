namespace ChatApp.Runs;

/// <summary>Configuration section <c>Runs</c>.</summary>
public sealed class RunOptions
{
    /// <summary>Longest input of one message, in UTF-16 units.</summary>
    public int MaxInputChars { get; set; } = 200_000;

    /// <summary>
    /// The most that a model is told of all text files of a conversation together, in UTF-16 units; of what is more, the newest files
    /// go first and the rest is cut. A model whose context window is known is told less where that is smaller.
    /// </summary>
    public int MaxFileChars { get; set; } = 1_200_000;

    /// <summary>Bytes of images, of a whole conversation, that a model is shown: a run holds them as long as it lasts. The newest come first.</summary>
    public int MaxImageBytes { get; set; } = 30 * 1024 * 1024;

    /// <summary>An answer is cut here with finish reason <c>length</c>, in UTF-16 units; keeps an endless stream from filling the disk.</summary>
    public int MaxOutputChars { get; set; } = 4_000_000;

    /// <summary>Runs that execute at once in the whole process; more wait for their turn.</summary>
    public int MaxConcurrent { get; set; } = 500;

    /// <summary>Runs of one person that execute at once; more wait for their turn.</summary>
    public int MaxConcurrentPerUser { get; set; } = 20;

    /// <summary>Runs that wait for their turn in the whole process; beyond it 429.</summary>
    public int MaxQueued { get; set; } = 500;

    /// <summary>Runs of one person that wait for their turn; beyond it 429.</summary>
    public int MaxQueuedPerUser { get; set; } = 20;

    /// <summary>A provider that sends nothing for so long has failed.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a message over one of the contracts waits for the answer that is still being written in its conversation, before it is refused.</summary>
    public TimeSpan TurnTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call to a provider is repeated when it fails before its first token for a reason that may pass.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>Pause before the first repetition, doubled for each further one, each 50 to 100 % of it at random. A provider's Retry-After goes first.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause; a provider that asks for a longer one is not asked again.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a process that was told to end lets its answers finish before it interrupts them.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the events of a run that has ended can be read; its message stays.</summary>
    public TimeSpan EventRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an idempotency key is remembered.</summary>
    public TimeSpan KeyRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>An SSE connection is ended cleanly after so long, so that its client reconnects, perhaps to another node.</summary>
    public TimeSpan MaxStreamAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Runs that nobody executes any more are looked for every third of it.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Least time between the starts of two commits of the run log while it is under load, so that tokens of many runs share
    /// a commit. A token that comes alone never waits for it.
    /// </summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(3);

    /// <summary>How long the database may refuse commits before the runs that wait for one are ended; their end is stored when it takes them again.</summary>
    public TimeSpan StorageTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Silence on an SSE stream after which a comment is sent, so that proxies keep it open.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}
