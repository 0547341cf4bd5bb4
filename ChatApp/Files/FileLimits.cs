namespace ChatApp.Files;

/// <summary>Configuration section <c>Files</c>.</summary>
public sealed class FileLimits
{
    /// <summary>Largest file, in bytes.</summary>
    public int MaxBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>All files of one account together, in bytes.</summary>
    public long MaxBytesPerAccount { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Files and addresses that may go with one message.</summary>
    public int MaxPerMessage { get; set; } = 10;

    /// <summary>How long a file is kept that goes with no message, such as one that was chosen and not sent.</summary>
    public TimeSpan UnusedRetention { get; set; } = TimeSpan.FromDays(7);
}
