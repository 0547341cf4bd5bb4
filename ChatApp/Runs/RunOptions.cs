namespace ChatApp.Runs;

/// <summary>Configuration section <c>Runs</c>.</summary>
public sealed class RunOptions
{
    /// <summary>Longest input of one message, in UTF-16 units.</summary>
    public int MaxInputChars { get; set; } = 200_000;

    /// <summary>An answer is cut here with finish reason <c>length</c>, in UTF-16 units; keeps an endless stream from filling the disk.</summary>
    public int MaxOutputChars { get; set; } = 4_000_000;

    /// <summary>Runs in flight in the whole process; beyond it 429.</summary>
    public int MaxConcurrent { get; set; } = 500;

    /// <summary>Runs in flight per person; beyond it 429.</summary>
    public int MaxConcurrentPerUser { get; set; } = 20;

    /// <summary>A provider that sends nothing for so long has failed.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a run outlives its process before another may call it interrupted.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Least time between the starts of two commits of the run log while it is under load, so that tokens of many runs share
    /// a commit. A token that comes alone never waits for it.
    /// </summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(3);

    /// <summary>How long the log keeps trying when the database refuses a commit, before the runs it holds are given up.</summary>
    public TimeSpan StorageTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Silence on an SSE stream after which a comment is sent, so that proxies keep it open.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}
