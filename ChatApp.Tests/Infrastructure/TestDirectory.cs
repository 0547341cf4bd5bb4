using Microsoft.Data.Sqlite;

namespace ChatApp.Tests.Infrastructure;

/// <summary>A folder for one test, deleted with its contents.</summary>
public sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("chatapp-test-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Path, recursive: true);
    }
}
