namespace ChatApp.Data.Sqlite;

/// <summary>Which process serves a data directory: the one that has this file open. The system frees it with the process, however that ends.</summary>
internal static class SqliteServerLock
{
    /// <exception cref="IOException">Another process has it. The message is for programmers.</exception>
    public static FileStream Take(string directory) =>
        new(Path.Combine(directory, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
