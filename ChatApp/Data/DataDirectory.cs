using System.Runtime.Versioning;

namespace ChatApp.Data;

/// <summary>The folder of the database, which has everybody's conversations, and of the key ring, which opens its secrets.</summary>
internal static partial class DataDirectory
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes it for this process's user only; one that is there is closed to others.</summary>
    public static void Prepare(string directory, ILogger logger)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }
        Directory.CreateDirectory(directory, Own);
        try
        {
            var mode = File.GetUnixFileMode(directory);
            // One with the sticky bit, as /tmp, is everybody's by intention.
            if (IsOpen(directory) && (mode & UnixFileMode.StickyBit) == 0)
            {
                File.SetUnixFileMode(directory, mode & ~Others);
                LogClosed(logger, directory);
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            LogOpen(logger, directory, e.Message);
        }
    }

    /// <summary>Whether others than its owner get in.</summary>
    [UnsupportedOSPlatform("windows")]
    public static bool IsOpen(string directory) => (File.GetUnixFileMode(directory) & Others) != 0;

    [LoggerMessage(Level = LogLevel.Information, Message = "Other users of this machine could get into {Directory}; now only its owner can.")]
    private static partial void LogClosed(ILogger logger, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other users of this machine may get into {Directory}, where conversations and keys are, and that can't be changed: {Problem}")]
    private static partial void LogOpen(ILogger logger, string directory, string problem);
}
